import { getToolName, isToolUIPart } from 'ai';
import { CircleStop, Paperclip, RotateCcw, TriangleAlert } from 'lucide-react';
import { memo } from 'react';
import type { ChatMessage } from '#channels/http/contract/conversations.ts';
import { LiveApproval } from '../../components/approval/live-approval.tsx';
import { Button } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { Notice } from '../../components/states.tsx';
import { shorten } from '../../format.ts';
import { endingOf, mayRepeat } from '../../words.ts';
import { attachedFiles } from './attached-files.ts';
import { textOf } from './chat-transport.ts';
import { Markdown } from './markdown.tsx';
import { type ToolCall, ToolCard } from './tool-card.tsx';
import { WaitingEnd } from './waiting-end.tsx';

type Part = ChatMessage['parts'][number];

interface MessageItemProps {
  readonly message: ChatMessage;
  readonly personaName: string;
  /** True while this message is being written. */
  readonly live: boolean;
  readonly activityLink: string;
  readonly toolTitle: (name: string) => string;
  /** Puts the person's last message back into the composer; absent where there is none to repeat. */
  readonly onRepeat: (() => void) | undefined;
}

/** One message. Memoized: while one answer streams, the others are not drawn again. */
export const MessageItem = memo(function MessageItem(props: MessageItemProps) {
  return props.message.role === 'user' ? <PersonMessage message={props.message} /> : <PersonaMessage {...props} />;
});

function PersonMessage({ message }: { message: ChatMessage }) {
  return (
    <article aria-label="You" className="grid grid-cols-1 justify-items-end gap-2">
      <div className="max-w-[85%] whitespace-pre-wrap wrap-anywhere rounded-2xl rounded-ee-md bg-accent-soft px-3.5 py-2 text-[0.9375rem] leading-relaxed">
        {textOf(message)}
      </div>
      {attachedFiles(message).map(({ name, text }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two files may have one name, and their order stays
        <details key={index} className="max-w-[85%] rounded-lg border border-line bg-surface">
          <summary className="min-h-9 cursor-pointer px-3 py-2 text-xs wrap-anywhere pointer-coarse:min-h-11">
            <Paperclip className="me-1.5 inline size-3.5 text-ink-3" aria-hidden />
            {name}
          </summary>
          <pre className="max-h-72 overflow-auto whitespace-pre-wrap wrap-anywhere border-line border-t px-3 py-2 font-mono text-xs">
            {text}
          </pre>
        </details>
      ))}
    </article>
  );
}

function PersonaMessage({ message, personaName, live, activityLink, toolTitle, onRepeat }: MessageItemProps) {
  const last = message.parts.length - 1;
  return (
    <article aria-label={personaName} tabIndex={-1} className="grid grid-cols-1 gap-3 outline-none">
      {message.parts.map((part, index) => (
        <MessagePart
          // biome-ignore lint/suspicious/noArrayIndexKey: parts are only ever appended
          key={index}
          part={part}
          message={message}
          live={live}
          growing={live && index === last}
          activityLink={activityLink}
          toolTitle={toolTitle}
        />
      ))}
      {!live && message.metadata?.status === 'waiting' && <WaitingEnd message={message} />}
      {!live && <RunNotice message={message} onRepeat={onRepeat} />}
      {!live && <MessageFooter message={message} />}
    </article>
  );
}

interface PartProps extends Pick<MessageItemProps, 'message' | 'live' | 'activityLink' | 'toolTitle'> {
  readonly part: Part;
  readonly growing: boolean;
}

function MessagePart({ part, message, live, growing, activityLink, toolTitle }: PartProps) {
  if (part.type === 'text') return part.text.trim() === '' ? null : <Markdown text={part.text} streaming={growing} />;
  if (!isToolUIPart(part)) return null;
  if (part.state === 'approval-requested') return <LiveApproval id={part.approval.id} />;
  const call: ToolCall = {
    id: part.toolCallId,
    title: toolTitle(getToolName(part)),
    state: part.state === 'output-available' ? 'succeeded' : part.state === 'output-error' ? 'error' : 'running',
    input: part.input,
    output: part.output,
    errorText: part.errorText,
    summary: message.metadata?.calls?.[part.toolCallId],
  };
  return <ToolCard call={call} live={live} activityLink={activityLink} />;
}

function RunNotice({ message, onRepeat }: Pick<MessageItemProps, 'message' | 'onRepeat'>) {
  const { status, code, notice } = message.metadata ?? {};
  const ending = endingOf(status);
  if (ending === null) return null;
  const stopped = status === 'stopped';
  return (
    <Notice
      tone={status === 'failed' ? 'bad' : stopped ? 'plain' : 'warn'}
      icon={stopped ? CircleStop : TriangleAlert}
      title={ending.title}
      action={
        onRepeat === undefined || !mayRepeat(code) ? undefined : (
          <Button onClick={onRepeat}>
            <RotateCcw className="size-4" aria-hidden />
            Edit and send again
          </Button>
        )
      }
    >
      <p>{notice ?? ending.next}</p>
      {message.parts.some(isToolUIPart) && (
        <p className="text-ink-2">What the tool calls above had already done stays done.</p>
      )}
    </Notice>
  );
}

function MessageFooter({ message }: { message: ChatMessage }) {
  const { model, personaVersion } = message.metadata ?? {};
  const text = textOf(message);
  return (
    <footer className="-mt-1 flex min-h-9 flex-wrap items-center gap-x-2 text-2xs text-ink-3">
      {text !== '' && <CopyButton text={text} label="Copy answer" className="-ms-2.5" />}
      {model !== undefined && <span>{model}</span>}
      {personaVersion !== undefined && (
        <>
          <span aria-hidden>·</span>
          <span title={`Persona version ${personaVersion}`}>
            version <span className="font-mono">{shorten(personaVersion)}</span>
          </span>
        </>
      )}
    </footer>
  );
}
