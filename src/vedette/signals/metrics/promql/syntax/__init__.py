"""How the parser reads PromQL: tokens, literals, selectors, modifiers."""
