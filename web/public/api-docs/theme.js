// The reference follows the system's theme, as the pages do.
const dark = matchMedia('(prefers-color-scheme: dark)')
const apply = () => document.querySelector('rapi-doc')?.setAttribute('theme', dark.matches ? 'dark' : 'light')
dark.addEventListener('change', apply)
apply()
