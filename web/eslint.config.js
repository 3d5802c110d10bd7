import { readdirSync } from 'node:fs'

import hooks from 'eslint-plugin-react-hooks'
import tseslint from 'typescript-eslint'

/**
 * The floors: app → features → shared, and features never import each other.
 * Files of one folder import each other as `./name`; everything else is imported as `@/floor/…`,
 * so forbidding paths by their text is enough to hold the floors. A feature of several folders
 * imports from them as `@/features/<itself>/…`.
 */
const zone = (files, groups) => ({
  files: [files],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: groups.map(([paths, message]) =>
          typeof paths === 'string' ? { regex: paths, message } : { group: paths, message },
        ),
      },
    ],
  },
})
const ups = [['../*'], 'Import from another folder as @/floor/…, so that the floors can be checked.']

const features = readdirSync(new URL('./src/features', import.meta.url))

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
  ...features.map((feature) =>
    zone(`src/features/${feature}/**`, [
      ups,
      [['@/app', '@/app/**'], 'A feature knows nothing of the app that holds it.'],
      [
        `^@/features/(?!${feature}/)`,
        'Features never import each other; move what both need to shared.',
      ],
    ]),
  ),
  zone('src/shared/**', [
    ups,
    [['@/app', '@/app/**', '@/features/**'], 'Shared code knows no feature and no app.'],
  ]),
)
