import hooks from 'eslint-plugin-react-hooks'
import tseslint from 'typescript-eslint'

/**
 * The floors: app → features → shared, and features never import each other.
 * Files of one folder import each other as `./name`; everything else is imported as `@/floor/…`,
 * so forbidding paths by their text is enough to hold the floors.
 */
const zone = (files, groups) => ({
  files: [files],
  rules: {
    'no-restricted-imports': [
      'error',
      { patterns: groups.map(([group, message]) => ({ group, message })) },
    ],
  },
})
const ups = [['../*'], 'Import from another folder as @/floor/…, so that the floors can be checked.']

export default tseslint.config(
  { ignores: ['node_modules', 'dist', 'src/shared/api/schema.gen.ts'] },
  ...tseslint.configs.recommended,
  {
    files: ['src/**/*.{ts,tsx}'],
    plugins: { 'react-hooks': hooks },
    rules: {
      'react-hooks/rules-of-hooks': 'error',
      'react-hooks/exhaustive-deps': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
    },
  },
  zone('src/app/**', [ups]),
  zone('src/features/**', [
    ups,
    [['@/app', '@/app/**'], 'A feature knows nothing of the app that holds it.'],
    [['@/features/**'], 'Features never import each other; move what both need to shared.'],
  ]),
  zone('src/shared/**', [
    ups,
    [['@/app', '@/app/**', '@/features/**'], 'Shared code knows no feature and no app.'],
  ]),
)
