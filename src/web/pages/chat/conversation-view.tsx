import { ArrowDown, Hand, MessagesSquare, RotateCw, Square, TriangleAlert, WifiOff, X } from 'lucide-react';
import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import type { ChatMessage, ConversationDetailView } from '#channels/http/contract/conversations.ts';
import type { PersonaView } from '#channels/http/contract/personas.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { EmptyState, Notice } from '../../components/states.tsx';
import { type Names, useNames } from '../../queries.ts';
import { waitsForDecision } from './answer-state.ts';
import { textOf } from './chat-transport.ts';
import { Composer } from './composer.tsx';
import { MessageItem } from './message-item.tsx';
import { PersonaMenu } from './persona-menu.tsx';
import { type Phase, useConversation } from './use-conversation.ts';
import { useDraft } from './use-draft.ts';
import { usePageService } from './use-page-service.ts';
import { useShownQuestion } from './use-shown-question.ts';
import { useStickToBottom } from './use-stick-to-bottom.ts';
import { describeEnd, describeWork, WorkingLine } from './working-line.tsx';

interface ConversationViewProps {
  readonly id: string;
  readonly personaId: string;
  /** Null when the persona is archived or gone. */
  readonly persona: PersonaView | null;
  /** Null for a conversation that begins here. */
  readonly detail: ConversationDetailView | null;
  /** The message to send on arrival, once. */
  readonly first: { readonly text: string; readonly onSent: () => void } | null;
}

export function ConversationView({ id, personaId, persona, detail, first }: ConversationViewProps) {
  const names = useNames();
  const [draft, setDraft] = useDraft(id);
  const composer = useRef<{ focus(): void }>(null);
  const takeBack = useCallback(
    (text: string) => {
      setDraft((current) => (current.trim() === '' ? text : `${text}\n\n${current}`));
      composer.current?.focus();
    },
    [setDraft],
  );
  const service = usePageService(personaId);
  const conversation = useConversation({ id, service, detail, onGivenBack: takeBack });
  const { messages, phase, send } = conversation;
  const { scroller, content, away, jumpToLatest, showFrom } = useStickToBottom();
  const personaName = persona?.name ?? names.persona(personaId);
  const work = describeWork(phase, messages, names.tool);
  const asks = (phase === 'waiting' || phase === 'stopping') && waitsForDecision(messages);
  const stopWaiting = async () => {
    await conversation.stop();
    if (!isTouched()) composer.current?.focus();
  };

  useShownQuestion(messages, { content, showFrom });
  useFirstMessage(first, send);
  useFocusOnArrival(composer, first !== null);

  const sendNow = (text: string) => {
    setDraft('');
    jumpToLatest();
    void send(text);
  };

  return (
    <div className="flex h-full flex-col">
      <header className="flex min-h-13 items-center justify-between gap-3 border-line border-b bg-surface ps-4 pe-2 md:ps-6">
        <h1 className="truncate font-semibold">{personaName}</h1>
        {persona !== null && <PersonaMenu persona={persona} />}
      </header>
      <p role="status" className="sr-only">
        {work === null ? describeEnd(messages) : `${personaName}: ${work}`}
      </p>
      <div className="relative min-h-0 flex-1">
        <div ref={scroller} className="h-full overflow-y-auto overscroll-contain">
          <div ref={content} className="mx-auto grid max-w-3xl grid-cols-1 gap-6 px-4 pt-6 pb-8">
            <MessageList
              messages={messages}
              personaName={personaName}
              live={isWriting(phase) && !asks}
              activityLink={`/activity?conversation=${id}`}
              toolTitle={names.tool}
              onRepeat={takeBack}
            />
            {messages.length === 0 && phase === 'idle' && first === null && (
              <EmptyState icon={MessagesSquare} title="Nothing was sent yet">
                Write to {personaName} in the box below.
              </EmptyState>
            )}
            {work !== null && <WorkingLine work={work} />}
          </div>
        </div>
        <div className="pointer-events-none absolute inset-x-0 bottom-0 h-6 bg-linear-to-t from-canvas to-transparent" />
        {away && (
          <Button
            onClick={jumpToLatest}
            className="-translate-x-1/2 absolute bottom-3 left-1/2 rounded-full! shadow-high"
          >
            <ArrowDown className="size-4" aria-hidden />
            Jump to latest
          </Button>
        )}
      </div>
      <div className="grid gap-2 px-3 pt-0.5 pb-1 md:px-6 md:pb-2">
        <Problems {...conversation} />
        {asks && <Waiting personaName={personaName} stopping={phase === 'stopping'} onStop={stopWaiting} />}
        <Composer
          ref={composer}
          personaName={personaName}
          text={draft}
          onChange={setDraft}
          onSend={sendNow}
          blocked={persona === null ? whyGone(names, personaId) : whyBlocked(phase, asks)}
          stop={
            isWriting(phase) && !asks
              ? { stopping: phase === 'stopping', onStop: () => void conversation.stop() }
              : undefined
          }
        />
      </div>
    </div>
  );
}

interface MessageListProps {
  readonly messages: readonly ChatMessage[];
  readonly personaName: string;
  readonly live: boolean;
  readonly activityLink: string;
  readonly toolTitle: (name: string) => string;
  readonly onRepeat: (text: string) => void;
}

function MessageList({ messages, personaName, live, activityLink, toolTitle, onRepeat }: MessageListProps) {
  const last = messages.length - 1;
  const question = messages.findLast((message) => message.role === 'user');
  const questionText = question === undefined ? null : textOf(question);
  const repeat = useCallback(() => {
    if (questionText !== null) onRepeat(questionText);
  }, [questionText, onRepeat]);
  return (
    <ol aria-label="Messages" className="grid grid-cols-1 gap-6">
      {messages.map((message, index) => (
        <li key={message.id} className="min-w-0">
          <MessageItem
            message={message}
            personaName={personaName}
            live={live && index === last}
            activityLink={activityLink}
            toolTitle={toolTitle}
            onRepeat={index === last && questionText !== null ? repeat : undefined}
          />
        </li>
      ))}
    </ol>
  );
}

function Problems(
  props: Pick<ReturnType<typeof useConversation>, 'phase' | 'problem' | 'dismissProblem' | 'reconnect'>,
) {
  return (
    <div className="mx-auto grid w-full max-w-3xl gap-2 empty:hidden">
      {props.phase === 'lost' && (
        <Notice
          role="alert"
          tone="warn"
          icon={WifiOff}
          title="The service cannot be reached"
          action={
            <Button onClick={props.reconnect}>
              <RotateCw className="size-4" aria-hidden />
              Try now
            </Button>
          }
        >
          If an answer was being written, the persona goes on with it. This page tries again every few seconds.
        </Notice>
      )}
      {props.problem !== null && (
        <div role="alert" className="flex items-start gap-2.5 rounded-lg bg-bad-soft py-1 ps-3 pe-1">
          <TriangleAlert className="mt-2.5 size-4 shrink-0 text-bad" aria-hidden />
          <p className="min-w-0 flex-1 py-2 wrap-anywhere">{props.problem}</p>
          <IconButton label="Dismiss" onClick={props.dismissProblem}>
            <X className="size-4" aria-hidden />
          </IconButton>
        </div>
      )}
    </div>
  );
}

function whyGone({ personas }: Names, personaId: string): string {
  return personas.some(({ id }) => id === personaId)
    ? 'This persona is archived. The conversation can be read, and continued once the persona is restored.'
    : 'This persona is gone: its file was removed. The conversation can be read, not continued.';
}

/** Whether an answer is being written, as far as the page knows. */
function isWriting(phase: Phase): boolean {
  return phase === 'sent' || phase === 'answering' || phase === 'stopping';
}

/** Stands above the box while nothing can be written: the way to what is asked, and out of it. */
function Waiting({
  personaName,
  stopping,
  onStop,
}: {
  personaName: string;
  stopping: boolean;
  onStop: () => Promise<void>;
}) {
  return (
    <div className="mx-auto flex w-full max-w-3xl flex-wrap items-center gap-x-3 gap-y-1.5 rounded-xl bg-warn-soft px-3.5 py-2">
      <Hand className="size-4 shrink-0 text-warn" aria-hidden />
      <p className="min-w-0 flex-1 basis-36 text-pretty wrap-anywhere">
        <span className="font-semibold">{personaName} waits for a decision.</span> It goes on once everything above is
        decided.
      </p>
      <Button disabled={stopping} onClick={() => void onStop()}>
        <Square className="size-3.5 fill-current" aria-hidden />
        {stopping ? 'Stopping…' : 'Stop'}
      </Button>
    </div>
  );
}

function whyBlocked(phase: Phase, asks: boolean): string | null {
  if (asks) return 'You can write on; sending is possible once this answer has gone on or is stopped.';
  if (phase === 'lost') return 'Sending is possible again once the service can be reached.';
  return null;
}

function isTouched(): boolean {
  return matchMedia('(pointer: coarse)').matches;
}

/** Whoever began a conversation goes on typing where they were; on a touch screen that would only raise the keyboard. */
function useFocusOnArrival(target: RefObject<{ focus(): void } | null>, began: boolean): void {
  const [wanted] = useState(() => began && !isTouched());
  useEffect(() => {
    if (wanted) target.current?.focus();
  }, [wanted, target]);
}

function useFirstMessage(first: ConversationViewProps['first'], send: (text: string) => Promise<void>): void {
  const text = first?.text;
  const onSent = first?.onSent;
  useEffect(() => {
    if (text === undefined || onSent === undefined) return;
    // Put off by one turn, so that a mount React takes back at once sends nothing.
    const timer = setTimeout(() => {
      onSent();
      void send(text);
    }, 0);
    return () => clearTimeout(timer);
  }, [text, onSent, send]);
}
