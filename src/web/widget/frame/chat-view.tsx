import { ArrowDown, Hand, RotateCw, SquarePen, TriangleAlert, WifiOff, X } from 'lucide-react';
import { lazy, type RefObject, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { AttachmentView, ConversationDetailView } from '#channels/http/contract/conversations.ts';
import type { WidgetSessionView } from '#channels/http/contract/widget-chat.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { Notice } from '../../components/states.tsx';
import { waitsForDecision } from '../../pages/chat/answer-state.ts';
import { Composer } from '../../pages/chat/composer.tsx';
import { type ConversationService, type Phase, useConversation } from '../../pages/chat/use-conversation.ts';
import { useStickToBottom } from '../../pages/chat/use-stick-to-bottom.ts';
import { WorkingLine } from '../../pages/chat/working-line.tsx';
import { AttachButton, AttachedFiles, useAttachments } from './attachments.tsx';
import type { Bridge, BridgeState } from './bridge.ts';
import { ChatHeader, CloseButton, StandIns } from './layout.tsx';
import { Menu } from './menu.tsx';
import { type CallToDecide, Message } from './messages.tsx';
import { describeProblem } from './problems.ts';
import { describeEnd, describeWork, useToldAnswers } from './told.ts';
import { Welcome } from './welcome.tsx';
import type { WidgetApi } from './widget-api.ts';
import type { FrameWords } from './words.ts';

const MemberCall = lazy(() => import('./member-parts.tsx').then((parts) => ({ default: parts.MemberCall })));
const MemberQuestion = lazy(() => import('./member-parts.tsx').then((parts) => ({ default: parts.MemberQuestion })));
const MemberWaitingEnd = lazy(() =>
  import('./member-parts.tsx').then((parts) => ({ default: parts.MemberWaitingEnd })),
);

interface ChatViewProps {
  readonly bridge: Bridge;
  readonly api: WidgetApi;
  readonly state: BridgeState;
  readonly words: FrameWords;
  readonly session: WidgetSessionView;
  readonly id: string;
  /** Null for a conversation that begins here. */
  readonly detail: ConversationDetailView | null;
  /** Whether the visitor has just asked for a new one. */
  readonly isBegun: boolean;
  readonly onNew: () => void;
  readonly onLinked: () => void;
}

/** One conversation with the persona of the widget. */
export function ChatView({ bridge, api, state, words, session, id, detail, isBegun, onNew, onLinked }: ChatViewProps) {
  const { persona, visitor, toolTitles } = session;
  const [draft, setDraft] = useState('');
  const composer = useRef<{ focus(): void }>(null);
  const attachments = useAttachments(words.attachments);
  const { putBack } = attachments;
  const takeBack = useCallback(
    (text: string, files: readonly AttachmentView[]) => {
      setDraft((current) => (current.trim() === '' ? text : `${text}\n\n${current}`));
      putBack(files);
      composer.current?.focus();
    },
    [putBack],
  );
  const service = useService(api, words);
  const conversation = useConversation({ id, service, detail, onGivenBack: takeBack });
  const { messages, phase } = conversation;
  const { scroller, content, away, jumpToLatest, showFrom } = useStickToBottom();
  const isMember = visitor.kind === 'member';
  const asks = (phase === 'waiting' || phase === 'stopping') && waitsForDecision(messages);
  const isWriting = !asks && (phase === 'sent' || phase === 'answering' || phase === 'stopping');
  const work = describeWork({ phase, messages, words, toolTitles });
  useToldAnswers(bridge, { messages, phase });
  useFocusOnOpen(composer, { isOpen: state.isOpen, isBegun });

  const send = (text: string) => {
    setDraft('');
    attachments.clear();
    jumpToLatest();
    bridge.post({ type: 'sent', id });
    void conversation.send(text, attachments.files);
  };

  return (
    <div className="flex h-full flex-col">
      <ChatHeader title={state.settings.title} persona={describePersona(session, state.settings.title, words)}>
        {(messages.length > 0 || detail !== null) && (
          <IconButton label={words.newConversation} onClick={onNew}>
            <SquarePen className="size-4.5" aria-hidden />
          </IconButton>
        )}
        <Menu api={api} visitor={visitor} words={words} onLinked={onLinked} />
        <CloseButton label={words.close} onClose={() => bridge.post({ type: 'close' })} />
      </ChatHeader>
      <StandIns texts={standInTexts(session, words)} />
      <p role="status" className="sr-only">
        {work === null ? describeEnd(messages, words, persona.name) : `${persona.name}: ${work}`}
      </p>
      <div className="relative min-h-0 flex-1">
        <div ref={scroller} className="h-full overflow-y-auto overscroll-contain">
          <div ref={content} className="grid min-h-full grid-cols-1 content-start gap-4 px-4 pt-5 pb-6">
            <Welcome
              greeting={state.settings.greeting}
              personaName={persona.name}
              starters={messages.length === 0 && phase === 'idle' ? persona.starters : []}
              words={words}
              onStart={send}
            />
            <ol aria-label={words.messages} className="grid grid-cols-1 gap-4">
              {messages.map((message, index) => (
                <li key={message.id} className="min-w-0">
                  <Message
                    message={message}
                    personaName={persona.name}
                    words={words}
                    toolTitles={toolTitles}
                    live={isWriting && index === messages.length - 1}
                    about={isMember ? aboutCall : undefined}
                    waitingEnd={isMember ? endOfWaiting : undefined}
                  />
                </li>
              ))}
            </ol>
            {work !== null && <WorkingLine work={work} />}
            {isMember && (
              <Suspense fallback={null}>
                <MemberQuestion messages={messages} content={content} showFrom={showFrom} />
              </Suspense>
            )}
          </div>
        </div>
        {away && (
          <Button
            onClick={jumpToLatest}
            className="-translate-x-1/2 absolute bottom-3 left-1/2 whitespace-nowrap rounded-full! shadow-high"
          >
            <ArrowDown className="size-4" aria-hidden />
            {words.latest}
          </Button>
        )}
      </div>
      <div className="grid gap-2 px-3 pt-1 pb-1.5">
        <Problems conversation={conversation} words={words} />
        {asks && (
          <Waiting isMember={isMember} isStopping={phase === 'stopping'} words={words} onStop={conversation.stop} />
        )}
        <AttachedFiles words={words} attachments={attachments} onRemoved={() => composer.current?.focus()} />
        <Composer
          ref={composer}
          personaName={persona.name}
          text={draft}
          onChange={setDraft}
          onSend={send}
          most={session.messageCharacters}
          words={words.composer(persona.name)}
          beside={session.attachments && <AttachButton words={words.attachments} attachments={attachments} />}
          blocked={whyBlocked(phase, asks, words)}
          stop={isWriting ? { stopping: phase === 'stopping', onStop: () => void conversation.stop() } : undefined}
        />
      </div>
    </div>
  );
}

const aboutCall = (call: CallToDecide) => (
  <Suspense fallback={null}>
    <MemberCall call={call} />
  </Suspense>
);

const endOfWaiting = (message: ConversationDetailView['messages'][number]) => (
  <Suspense fallback={null}>
    <MemberWaitingEnd message={message} />
  </Suspense>
);

function useService(api: WidgetApi, words: FrameWords): ConversationService {
  return useMemo(
    () => ({
      transport: api.transport,
      find: api.conversation,
      stop: api.stop,
      refresh: () => {},
      describe: (error) => describeProblem(words, error),
      notArrived: words.notArrived,
    }),
    [api, words],
  );
}

/** Who answers, where the title does not say it already. That it is no human being is always said. */
function describePersona({ persona, visitor }: WidgetSessionView, title: string, words: FrameWords): string {
  const parts = [persona.name === title ? null : persona.name, words.persona];
  return [...parts, visitor.kind === 'member' ? visitor.name : null].filter((part) => part !== null).join(' · ');
}

function standInTexts({ standIns }: WidgetSessionView, words: FrameWords): readonly string[] {
  return [...(standIns.ninox ? [words.sampleData] : []), ...(standIns.model ? [words.demoModel] : [])];
}

function whyBlocked(phase: Phase, asks: boolean, words: FrameWords): string | null {
  if (asks) return words.waiting.blocked;
  return phase === 'lost' ? words.lost.blocked : null;
}

function Problems({ conversation, words }: { conversation: ReturnType<typeof useConversation>; words: FrameWords }) {
  const { phase, problem, reconnect, dismissProblem } = conversation;
  return (
    <div className="grid gap-2 empty:hidden">
      {phase === 'lost' && (
        <Notice
          role="alert"
          tone="warn"
          icon={WifiOff}
          title={words.lost.title}
          action={
            <Button onClick={reconnect}>
              <RotateCw className="size-4" aria-hidden />
              {words.retry}
            </Button>
          }
        >
          {words.lost.text}
        </Notice>
      )}
      {problem !== null && (
        <div role="alert" className="flex items-start gap-2.5 rounded-lg bg-bad-soft py-1 ps-3 pe-1">
          <TriangleAlert className="mt-2.5 size-4 shrink-0 text-bad" aria-hidden />
          <p className="min-w-0 flex-1 py-2 wrap-anywhere">{problem}</p>
          <IconButton label={words.dismiss} onClick={dismissProblem}>
            <X className="size-4" aria-hidden />
          </IconButton>
        </div>
      )}
    </div>
  );
}

function Waiting(props: { isMember: boolean; isStopping: boolean; words: FrameWords; onStop: () => Promise<void> }) {
  const { waiting, composer } = props.words;
  const { stop, stopping } = composer('');
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5 rounded-xl bg-warn-soft px-3.5 py-2">
      <Hand className="size-4 shrink-0 text-warn" aria-hidden />
      <p className="min-w-0 flex-1 basis-36 text-pretty">
        <span className="font-semibold">{waiting.title}</span> {props.isMember ? waiting.member : waiting.guest}
      </p>
      <Button disabled={props.isStopping} onClick={() => void props.onStop()}>
        {props.isStopping ? stopping : stop}
      </Button>
    </div>
  );
}

/** Whoever opens the chat can write at once; on a touch screen that would only raise the keyboard. */
function useFocusOnOpen(
  composer: RefObject<{ focus(): void } | null>,
  { isOpen, isBegun }: { isOpen: boolean; isBegun: boolean },
): void {
  useEffect(() => {
    if (!isOpen) return;
    const isTouched = matchMedia('(pointer: coarse)').matches;
    if (!isTouched || isBegun) composer.current?.focus();
    else document.querySelector('h1')?.focus();
  }, [isOpen, isBegun, composer]);
}
