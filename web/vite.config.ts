import { copyFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

import react from '@vitejs/plugin-react'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

// The server under development; `vite dev` passes the API and the WebSocket through to it.
const server = process.env.VEDETTE_URL ?? 'http://127.0.0.1:8080'

const out = process.env.VEDETTE_WEB_OUT ?? '../src/vedette/web_dist'

/** The reader of the API's description, beside its page in `public/api-docs`. */
const apiReference = (): Plugin => ({
  name: 'api-reference',
  apply: 'build',
  closeBundle: () => copyFileSync('node_modules/rapidoc/dist/rapidoc-min.js', resolve(out, 'api-docs/rapidoc.js')),
})

export default defineConfig({
  plugins: [react(), apiReference()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: { proxy: { '/api': { target: server, ws: true } } },
  build: {
    outDir: out,
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 2048,
    reportCompressedSize: true,
  },
  test: { environment: 'node', include: ['src/**/*.test.ts'] },
})
