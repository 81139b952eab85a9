import { EllipsisVertical, Link2 } from 'lucide-react';
import { type FormEvent, useId, useState } from 'react';
import type { WidgetSessionView } from '#channels/http/contract/widget-chat.ts';
import { Button, buttonClass } from '../../components/button.tsx';
import { Modal, ModalActions } from '../../components/modal.tsx';
import { Popover } from '../../components/popover.tsx';
import { describeProblem } from './problems.ts';
import type { WidgetApi } from './widget-api.ts';
import type { FrameWords } from './words.ts';

interface MenuProps {
  readonly api: WidgetApi;
  readonly visitor: WidgetSessionView['visitor'];
  readonly words: FrameWords;
  readonly onLinked: () => void;
}

/** What few need. Whoever the site has not named, or who is linked already, has nothing in it. */
export function Menu({ api, visitor, words, onLinked }: MenuProps) {
  const [isLinking, setLinking] = useState(false);
  if (visitor.kind !== 'identified') return null;
  return (
    <>
      <Popover
        label={words.menu}
        triggerLabel={words.menu}
        trigger={<EllipsisVertical className="size-4.5" aria-hidden />}
        className="min-w-11 px-0!"
        closesOnChoice
      >
        <p className="px-2 pb-2 text-ink-2 text-xs wrap-anywhere">{visitor.name}</p>
        <button
          type="button"
          onClick={() => setLinking(true)}
          className={buttonClass('quiet', 'w-full justify-start! px-2!')}
        >
          <Link2 className="size-4" aria-hidden />
          {words.link.open}
        </button>
      </Popover>
      <Modal open={isLinking} title={words.link.title} onClose={() => setLinking(false)}>
        <LinkForm api={api} words={words} onLinked={onLinked} onCancel={() => setLinking(false)} />
      </Modal>
    </>
  );
}

function LinkForm({ api, words, onLinked, onCancel }: Omit<MenuProps, 'visitor'> & { onCancel: () => void }) {
  const id = useId();
  const [code, setCode] = useState('');
  const [isSending, setSending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const { link } = words;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setSending(true);
    setProblem(null);
    try {
      await api.link(code.trim());
      onLinked();
    } catch (error) {
      setProblem(describeProblem(words, error));
      setSending(false);
    }
  };
  return (
    <form aria-label={link.title} onSubmit={(event) => void submit(event)} className="grid gap-4">
      <p className="text-ink-2 text-pretty">{link.text(location.host)}</p>
      <label htmlFor={id} className="grid gap-1 font-medium">
        {link.code}
        <input
          id={id}
          value={code}
          onChange={(event) => setCode(event.target.value)}
          autoComplete="one-time-code"
          autoCapitalize="characters"
          spellCheck={false}
          maxLength={40}
          aria-describedby={problem === null ? undefined : `${id}-problem`}
          aria-invalid={problem !== null}
          className="min-h-11 w-full rounded-lg border border-control bg-surface px-3 font-mono text-base"
        />
      </label>
      {problem !== null && (
        <p id={`${id}-problem`} role="alert" className="rounded-lg bg-bad-soft px-3 py-2 wrap-anywhere">
          {problem}
        </p>
      )}
      <ModalActions>
        <Button onClick={onCancel}>{words.cancel}</Button>
        <Button type="submit" look="primary" disabled={isSending || code.trim() === ''}>
          {isSending ? link.sending : link.submit}
        </Button>
      </ModalActions>
    </form>
  );
}
