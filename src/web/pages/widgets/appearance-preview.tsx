import { useEffect, useRef } from 'react';
import type { WidgetAppearance } from '#channels/http/contract/widgets.ts';
import { launcherColors, launcherIcons } from '../../widget/launcher/look.ts';
import { type PreviewMessage, type PreviewReady, previewPath, readMessage } from '../../widget/protocol.ts';
import { isColour } from './widget-draft.ts';

/** The chat as visitors see it, in the page that shows it to them, and the button that opens it. */
export function AppearancePreview({ appearance, personaName }: { appearance: WidgetAppearance; personaName: string }) {
  const frame = usePreviewFrame(appearance, personaName);
  const side = appearance.position === 'left' ? 'justify-self-start' : 'justify-self-end';
  return (
    <figure
      aria-label="Preview"
      className="grid min-w-0 gap-3 rounded-xl border border-line bg-sunken p-3 lg:sticky lg:top-4"
    >
      <iframe
        ref={frame}
        src={previewPath}
        title="Preview of the chat"
        className={`h-[30rem] w-full max-w-90 rounded-2xl border border-line bg-surface shadow-high ${side}`}
      />
      <LauncherDrawing appearance={appearance} className={side} />
      <figcaption className="text-ink-2 text-xs text-pretty">
        A sample; nothing is sent. On a phone the chat fills the screen.
      </figcaption>
    </figure>
  );
}

/** Tells the frame how it looks, once it listens and with every change; a colour that is half typed is none yet. */
function usePreviewFrame(appearance: WidgetAppearance, personaName: string) {
  const frame = useRef<HTMLIFrameElement>(null);
  const message = useRef<PreviewMessage | null>(null);
  useEffect(() => {
    if (!isColour(appearance.accent)) return;
    message.current = { type: 'preview', appearance, personaName };
    frame.current?.contentWindow?.postMessage(message.current, location.origin);
  }, [appearance, personaName]);
  useEffect(() => {
    const listen = ({ data, origin, source }: MessageEvent) => {
      if (origin !== location.origin || source !== frame.current?.contentWindow || message.current === null) return;
      if (readMessage<PreviewReady>(data)?.type !== 'preview-ready') return;
      frame.current?.contentWindow?.postMessage(message.current, location.origin);
    };
    window.addEventListener('message', listen);
    return () => window.removeEventListener('message', listen);
  }, []);
  return frame;
}

function LauncherDrawing({ appearance, className }: { appearance: WidgetAppearance; className: string }) {
  const accent = isColour(appearance.accent) ? appearance.accent : '#000000';
  const { background, foreground } = launcherColors(accent);
  return (
    <span
      role="img"
      aria-label={`The button, ${appearance.position === 'left' ? 'at the left' : 'at the right'}`}
      style={{ background, color: foreground }}
      className={`grid size-14 place-items-center rounded-full shadow-high ${className}`}
    >
      <svg viewBox="0 0 24 24" className="size-7" fill="none" stroke="currentColor" strokeWidth="2" aria-hidden="true">
        <path d={launcherIcons.bubble} strokeLinecap="round" strokeLinejoin="round" />
      </svg>
    </span>
  );
}
