/** Where to go after signing in: a path of this site, never another site. */
export const insidePath = (next: string | undefined) =>
  next && /^\/(?![/\\])/.test(next) && !next.startsWith('/sign-in') ? next : '/'
