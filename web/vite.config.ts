import { fileURLToPath } from 'node:url'

import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

// The server under development; `vite dev` passes the API and the WebSocket through to it.
const server = process.env.VEDETTE_URL ?? 'http://127.0.0.1:8080'

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: { proxy: { '/api': { target: server, ws: true } } },
  build: {
    outDir: process.env.VEDETTE_WEB_OUT ?? '../src/vedette/web_dist',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 2048,
    reportCompressedSize: true,
  },
  test: { environment: 'node', include: ['src/**/*.test.ts'] },
})
