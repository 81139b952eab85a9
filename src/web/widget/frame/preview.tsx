import { SquarePen } from 'lucide-react';
import { useEffect, useLayoutEffect, useState } from 'react';
import type { ChatMessage } from '#channels/http/contract/conversations.ts';
import { IconButton } from '../../components/button.tsx';
import { Composer } from '../../pages/chat/composer.tsx';
import { type PreviewMessage, type PreviewReady, readMessage } from '../protocol.ts';
import { applyAppearance } from './appearance.ts';
import { ChatHeader, CloseButton } from './layout.tsx';
import { Message } from './messages.tsx';
import { Welcome } from './welcome.tsx';
import { frameWords } from './words.ts';

const nothing = () => {};

/** A made-up conversation in the look that the page around it asks for. Nothing in it is sent anywhere. */
export function Preview() {
  const shown = usePreview();
  const [draft, setDraft] = useState('');
  useLayoutEffect(() => {
    if (shown !== null)
      applyAppearance(document.documentElement, { ...shown.appearance, locale: shown.locale ?? 'en' });
  }, [shown]);
  if (shown === null) return null;
  const { appearance, personaName = appearance.title, locale = 'en' } = shown;
  const words = frameWords[locale];
  const who = personaName === appearance.title ? words.persona : `${personaName} · ${words.persona}`;
  return (
    <div className="flex h-full flex-col">
      <ChatHeader title={appearance.title} persona={who}>
        <IconButton label={words.newConversation}>
          <SquarePen className="size-4.5" aria-hidden />
        </IconButton>
        <CloseButton label={words.close} onClose={nothing} />
      </ChatHeader>
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="grid grid-cols-1 content-start gap-4 px-4 pt-5 pb-6">
          <Welcome
            greeting={appearance.greeting}
            personaName={personaName}
            starters={[]}
            words={words}
            onStart={nothing}
          />
          {samples[locale].map((message) => (
            <Message
              key={message.id}
              message={message}
              personaName={personaName}
              words={words}
              toolTitles={toolTitles}
              live={false}
            />
          ))}
        </div>
      </div>
      <div className="px-3 pt-1 pb-1.5">
        <Composer
          personaName={personaName}
          text={draft}
          onChange={setDraft}
          onSend={() => setDraft('')}
          words={words.composer(personaName)}
          blocked={null}
        />
      </div>
    </div>
  );
}

/** What the page around it, or that has opened it, shows; only a page of this service can. */
function usePreview(): PreviewMessage | null {
  const [shown, setShown] = useState<PreviewMessage | null>(null);
  useEffect(() => {
    const page = window.parent === window ? (window.opener as Window | null) : window.parent;
    const listen = ({ origin, source, data }: MessageEvent) => {
      if (origin !== location.origin || source !== page) return;
      const message = readMessage<PreviewMessage>(data);
      if (message?.type === 'preview') setShown(message);
    };
    window.addEventListener('message', listen);
    const ready: PreviewReady = { type: 'preview-ready' };
    page?.postMessage(ready, location.origin);
    return () => window.removeEventListener('message', listen);
  }, []);
  return shown;
}

const toolTitles = { sample: 'Find records' };

function sample(question: string, answer: string): readonly ChatMessage[] {
  return [
    { id: 'question', role: 'user', parts: [{ type: 'text', text: question }] },
    {
      id: 'answer',
      role: 'assistant',
      metadata: { status: 'succeeded', calls: { one: { outcome: 'succeeded', durationMs: 120 } } },
      parts: [
        { type: 'tool-sample', toolCallId: 'one', state: 'output-available', input: {}, output: {} },
        { type: 'text', text: answer },
      ],
    },
  ];
}

const samples = {
  en: sample(
    'When will my order arrive?',
    'Your order **A-1042** left our warehouse this morning. It should arrive **on Thursday**.',
  ),
  de: sample(
    'Wann kommt meine Bestellung an?',
    'Ihre Bestellung **A-1042** hat heute Morgen unser Lager verlassen. Sie kommt voraussichtlich **am Donnerstag** an.',
  ),
} as const;
