import { ArrowUp, Square } from 'lucide-react';
import {
  type FormEvent,
  type KeyboardEvent,
  type ReactNode,
  type Ref,
  useId,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
} from 'react';
import { maxMessageCharacters } from '../../api-client.ts';
import { IconButton } from '../../components/button.tsx';
import { formatCount } from '../../format.ts';

/** What stands around the box. */
export interface ComposerWords {
  readonly label: string;
  readonly placeholder: string;
  readonly send: string;
  readonly stop: string;
  readonly stopping: string;
  readonly answering: string;
  readonly keys: string;
  readonly tooLong: (over: number, most: number) => string;
  readonly room: (left: number) => string;
}

/** In the language of the pages. */
export function composerWords(personaName: string): ComposerWords {
  return {
    label: `Message to ${personaName}`,
    placeholder: `Message ${personaName}`,
    send: 'Send',
    stop: 'Stop',
    stopping: 'Stopping',
    answering: 'You can write on; sending is possible once this answer is finished or stopped.',
    keys: 'Enter sends, Shift and Enter makes a new line.',
    tooLong: (over, most) =>
      `${formatCount(over)} characters too many. A message holds ${formatCount(most)}: shorten it or send it in parts.`,
    room: (left) => `Room for ${formatCount(left)} more characters.`,
  };
}

interface ComposerProps {
  readonly personaName: string;
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly onSend: (text: string) => void;
  /** Why nothing can be sent now, in plain words; null when it can. */
  readonly blocked: string | null;
  /** Present while an answer is being written. */
  readonly stop?: { readonly stopping: boolean; readonly onStop: () => void } | undefined;
  /** The longest message; as long as the service takes unless said otherwise. */
  readonly most?: number;
  readonly words?: ComposerWords;
  /** What else can be done, before the box. */
  readonly beside?: ReactNode;
  readonly ref?: Ref<{ focus(): void }>;
}

/** Where a message is written. Enter sends, Shift and Enter makes a new line. */
export function Composer({ personaName, text, onChange, onSend, blocked, stop, ref, ...props }: ComposerProps) {
  const { most = maxMessageCharacters, words = composerWords(personaName), beside } = props;
  const hintId = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  useImperativeHandle(ref, () => ({ focus: () => field.current?.focus() }), []);
  useGrowingHeight(field, text);
  const over = text.length - most;
  const sendable = blocked === null && stop === undefined && text.trim() !== '' && over <= 0;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (sendable) onSend(text.trim());
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    if (sendable) onSend(text.trim());
  };

  return (
    <form onSubmit={submit} className="mx-auto w-full max-w-3xl">
      <div className="flex items-end gap-1 rounded-2xl border border-control bg-surface p-1.5 shadow-card focus-within:border-accent focus-within:ring-1 focus-within:ring-accent">
        {beside}
        <textarea
          ref={field}
          rows={1}
          value={text}
          onChange={(event) => onChange(event.target.value)}
          onKeyDown={onKeyDown}
          aria-label={words.label}
          aria-describedby={hintId}
          aria-invalid={over > 0}
          placeholder={words.placeholder}
          enterKeyHint="send"
          className="max-h-[40dvh] min-h-9 max-md:min-h-11 flex-1 resize-none bg-transparent px-2.5 py-2 text-base leading-snug outline-none placeholder:text-ink-3 md:text-[0.9375rem]"
        />
        {stop === undefined ? (
          <IconButton label={words.send} type="submit" look="primary" disabled={!sendable} className="rounded-xl!">
            <ArrowUp className="size-5" aria-hidden />
          </IconButton>
        ) : (
          <IconButton
            label={stop.stopping ? words.stopping : words.stop}
            look="primary"
            disabled={stop.stopping}
            onClick={stop.onStop}
            className="rounded-xl!"
          >
            <Square className="size-4 fill-current" aria-hidden />
          </IconButton>
        )}
      </div>
      <p id={hintId} className={`min-h-5 px-3 pt-1 text-2xs ${over > 0 ? 'font-medium text-bad' : 'text-ink-3'}`}>
        <Hint over={over} most={most} blocked={blocked} answering={stop !== undefined} words={words} />
      </p>
    </form>
  );
}

function Hint(props: { over: number; most: number; blocked: string | null; answering: boolean; words: ComposerWords }) {
  const { over, most, words } = props;
  if (props.blocked !== null) return props.blocked;
  if (over > 0) return words.tooLong(over, most);
  // Told from here on: an eighth of the room is left.
  if (-over < most / 8) return words.room(-over);
  if (props.answering) return words.answering;
  return <span className="max-md:hidden">{words.keys}</span>;
}

function useGrowingHeight(field: React.RefObject<HTMLTextAreaElement | null>, text: string): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text decides the height
  useLayoutEffect(() => {
    const element = field.current;
    if (element === null) return;
    element.style.height = 'auto';
    element.style.height = `${element.scrollHeight}px`;
  }, [field, text]);
}
