import { NothingFound } from '@/shared/ui/NothingFound'

export function NoLogs({ query, onClear }: { query: string; onClear: () => void }) {
  const code = `curl ${location.origin}/v1/logs -H 'Authorization: Bearer YOUR_KEY' \\
  -H 'Content-Type: application/json' -d '{"resourceLogs":[{
    "resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shell"}}]},
    "scopeLogs":[{"logRecords":[{"timeUnixNano":"'$(date +%s)'000000000",
      "severityNumber":9,"severityText":"INFO","body":{"stringValue":"Hello, Vedette"}}]}]}]}'`
  return <NothingFound what="log records" query={query} onClear={onClear} snippet={{ label: 'curl', code }} />
}
