import type { BootView } from '#channels/http/contract/widget-chat.ts';

export type BootAnswer =
  | { readonly ok: true; readonly view: BootView }
  /** The service says no, and would say so again. */
  | { readonly ok: false; readonly isFinal: true; readonly code: string }
  | { readonly ok: false; readonly isFinal: false };

/** Asks the service for a visitor and for how the widget looks. */
export async function askBoot(
  { service, widgetId }: { readonly service: string; readonly widgetId: string },
  visitorToken: string | null,
  signal: AbortSignal,
): Promise<BootAnswer> {
  try {
    const response = await fetch(`${service}/api/widget/v1/${encodeURIComponent(widgetId)}/boot`, {
      method: 'POST',
      mode: 'cors',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      body: JSON.stringify({ visitorToken }),
      signal,
    });
    if (response.ok) return { ok: true, view: (await response.json()) as BootView };
    if (response.status === 429 || response.status >= 500) return { ok: false, isFinal: false };
    const { code = 'UNKNOWN' } = (await response.json()) as { code?: string };
    return { ok: false, isFinal: true, code };
  } catch {
    return { ok: false, isFinal: false };
  }
}
