import { getToolName, isToolUIPart } from 'ai';
import {
  CircleCheck,
  CircleHelp,
  CircleSlash,
  CircleX,
  Hand,
  LoaderCircle,
  type LucideIcon,
  Paperclip,
  Undo2,
} from 'lucide-react';
import { memo, type ReactNode } from 'react';
import type { ChatMessage } from '#channels/http/contract/conversations.ts';
import { attachedFiles } from '../../pages/chat/attached-files.ts';
import { textOf } from '../../pages/chat/chat-transport.ts';
import { Markdown } from '../../pages/chat/markdown.tsx';
import { endingOf, toolTitleFromName } from '../../words.ts';
import type { FrameWords } from './words.ts';

type Part = ChatMessage['parts'][number];
type ToolPart = Extract<Part, { toolCallId: string }>;

export interface MessageProps {
  readonly message: ChatMessage;
  readonly personaName: string;
  readonly words: FrameWords;
  readonly toolTitles: Readonly<Record<string, string>>;
  /** True while this message is being written. */
  readonly live: boolean;
  /** What a linked member can do about a call, below it; nothing for everybody else. */
  readonly about?: ((call: CallToDecide) => ReactNode) | undefined;
  /** Stands at the end of an answer that waits. */
  readonly waitingEnd?: ((message: ChatMessage) => ReactNode) | undefined;
}

/** A call that something can be done about. */
export interface CallToDecide {
  readonly callId: string;
  readonly title: string;
  readonly approvalId: string | null;
  readonly undo: 'possible' | 'done' | null;
}

/** One message. Memoized: while one answer streams, the others are not drawn again. */
export const Message = memo(function Message(props: MessageProps) {
  return props.message.role === 'user' ? <OfVisitor {...props} /> : <OfPersona {...props} />;
});

function OfVisitor({ message, words }: MessageProps) {
  const files = attachedFiles(message);
  return (
    <article aria-label={words.you} className="grid grid-cols-1 justify-items-end gap-1.5">
      <div className="max-w-[85%] whitespace-pre-wrap wrap-anywhere rounded-2xl rounded-ee-md bg-(--brand) px-3.5 py-2 text-(--on-brand) text-[0.9375rem] leading-relaxed">
        {textOf(message)}
      </div>
      {files.length > 0 && (
        <ul aria-label={words.attachments.attached} className="flex max-w-[85%] flex-wrap justify-end gap-1.5">
          {files.map(({ name }, index) => (
            <li
              // biome-ignore lint/suspicious/noArrayIndexKey: two files may have one name, and their order stays
              key={index}
              className="flex min-w-0 items-center gap-1.5 rounded-lg border border-line bg-surface px-2.5 py-1.5 text-xs"
            >
              <Paperclip className="size-3.5 shrink-0 text-ink-3" aria-hidden />
              <span className="min-w-0 wrap-anywhere">{name}</span>
            </li>
          ))}
        </ul>
      )}
    </article>
  );
}

/** What stands in a bubble of the persona's. */
export function Bubble({ children }: { children: ReactNode }) {
  return (
    <div className="w-fit min-w-0 max-w-full rounded-2xl rounded-es-md border border-line bg-surface px-3.5 py-2.5 shadow-card">
      {children}
    </div>
  );
}

function OfPersona(props: MessageProps) {
  const { message, personaName, words, live, waitingEnd } = props;
  const last = message.parts.length - 1;
  const ending = endingOf(message.metadata?.status) === null ? undefined : message.metadata?.status;
  const waits = !live && message.metadata?.status === 'waiting';
  return (
    <article aria-label={personaName} className="grid grid-cols-1 gap-2">
      {message.parts.map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts are only ever appended
        <MessagePart key={index} {...props} part={part} growing={live && index === last} />
      ))}
      {waits && waitingEnd?.(message)}
      {!live && ending !== undefined && ending in words.ending && (
        <p className="text-ink-2 text-sm text-pretty">{words.ending[ending as keyof FrameWords['ending']]}</p>
      )}
    </article>
  );
}

function MessagePart({ part, growing, ...props }: MessageProps & { part: Part; growing: boolean }) {
  if (part.type === 'text') {
    if (part.text.trim() === '') return null;
    return (
      <Bubble>
        <Markdown text={part.text} streaming={growing} />
      </Bubble>
    );
  }
  return isToolUIPart(part) ? <ToolLine part={part as ToolPart} {...props} /> : null;
}

type ToolState = keyof FrameWords['tool'];

const marks: Readonly<Record<ToolState, { readonly icon: LucideIcon; readonly className: string }>> = {
  running: { icon: LoaderCircle, className: 'animate-spin text-accent' },
  succeeded: { icon: CircleCheck, className: 'text-good' },
  failed: { icon: CircleX, className: 'text-bad' },
  denied: { icon: CircleSlash, className: 'text-warn' },
  outcome_unknown: { icon: CircleHelp, className: 'text-warn' },
  waiting: { icon: Hand, className: 'text-warn' },
  undone: { icon: Undo2, className: 'text-good' },
};

/** What the persona did, in one line: the step and how it went. Nothing of what went in and came out. */
function ToolLine({ part, message, words, toolTitles, live, about }: MessageProps & { part: ToolPart }) {
  const name = getToolName(part as Parameters<typeof getToolName>[0]);
  const title = toolTitles[name] ?? toolTitleFromName(name);
  const summary = message.metadata?.calls?.[part.toolCallId];
  const state = stateOf(part, summary, live);
  const { icon: Icon, className } = marks[state];
  const canUndo = summary?.isEffect === true && summary.outcome === 'succeeded' && !live;
  const approvalId = part.state === 'approval-requested' ? (part.approval?.id ?? null) : null;
  const undo = summary?.undone === true ? 'done' : canUndo ? 'possible' : null;
  return (
    <div className="grid grid-cols-1 gap-2">
      <p className="flex items-center gap-1.5 px-1 text-ink-3 text-xs">
        <Icon className={`size-3.5 shrink-0 ${className}`} aria-hidden />
        <span className="min-w-0 wrap-anywhere">
          {title} <span aria-hidden>·</span> {words.tool[state]}
        </span>
      </p>
      {(approvalId !== null || undo !== null) && about?.({ callId: part.toolCallId, title, approvalId, undo })}
    </div>
  );
}

type Summary = NonNullable<NonNullable<ChatMessage['metadata']>['calls']>[string] | undefined;

function stateOf(part: ToolPart, summary: Summary, live: boolean): ToolState {
  if (summary?.undone === true) return 'undone';
  if (summary !== undefined) return summary.outcome;
  if (part.state === 'approval-requested') return 'waiting';
  if (part.state === 'output-available') return 'succeeded';
  if (part.state === 'output-error') return 'failed';
  return live ? 'running' : 'outcome_unknown';
}
