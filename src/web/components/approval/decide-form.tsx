import { Check, Pencil, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { ApprovalView } from '#channels/http/contract/approvals.ts';
import { describeError, ProblemError } from '../../api-client.ts';
import { useAnswerServices, useChangeArguments, useDecide } from '../../approval-queries.ts';
import { useAnnounce } from '../announcements.tsx';
import { Button } from '../button.tsx';
import { Form } from '../form.tsx';
import { NamedTextField } from '../form-fields.tsx';
import type { FormValues } from '../form-values.ts';
import { argumentLabel, argumentsOf, fromText, summaryOf, toText } from './approval-words.ts';

interface DecideProps {
  readonly approval: ApprovalView;
  /** Of the summary, which every button is about. */
  readonly summaryId: string;
  /** Told what was refused; it stays on the card while the card is loaded anew. Null takes it away. */
  readonly onProblem: (problem: string | null) => void;
  /** When a decision is sent: the buttons go away, so the focus moves to what stays. */
  readonly onDecide: () => void;
  /** With the approval that asks in the place of this one from now on. */
  readonly onReplaced: (next: ApprovalView) => void;
}

/** The three answers a person has: approve, deny with a reason, or change what is asked. */
export function DecideForm(props: DecideProps) {
  const { approval, summaryId, onProblem, onDecide } = props;
  const [open, setOpen] = useState<'deny' | 'change' | null>(null);
  const [left, setLeft] = useState<'deny' | 'change' | null>(null);
  const decide = useDecide();
  const announce = useAnnounce();
  const settled = useSettled(approval.hash);
  const { changeArguments } = useAnswerServices();
  const isCall = approval.kind === 'call' && argumentsOf(approval.arguments).length > 0;
  const changeable = isCall && changeArguments !== null;
  // Awaited here: the form may be gone by then, because the card has learned of another decision meanwhile.
  const approve = async () => {
    onProblem(null);
    onDecide();
    try {
      await decide.mutateAsync({ approval, decision: 'approve' });
      announce(`Approved: ${summaryOf(approval)}`);
    } catch (error) {
      onProblem(describeError(error));
    }
  };
  const close = () => {
    setLeft(open);
    setOpen(null);
  };
  if (open === 'deny') return <DenyForm {...props} onClose={close} />;
  if (open === 'change') return <ChangeForm {...props} onClose={close} />;
  return (
    <div className="flex flex-wrap gap-2 max-sm:*:flex-[1_1_8rem]">
      <Button
        look="primary"
        aria-describedby={summaryId}
        disabled={decide.isPending || !settled}
        onClick={() => void approve()}
        className="disabled:opacity-60"
      >
        <Check className="size-4" aria-hidden />
        {decide.isPending ? 'Approving…' : 'Approve'}
      </Button>
      <Button
        aria-describedby={summaryId}
        autoFocus={left === 'deny'}
        disabled={decide.isPending}
        onClick={() => setOpen('deny')}
      >
        <X className="size-4" aria-hidden />
        Deny…
      </Button>
      {changeable && (
        <Button
          look="quiet"
          aria-describedby={summaryId}
          autoFocus={left === 'change'}
          disabled={decide.isPending}
          onClick={() => setOpen('change')}
          className="sm:ms-auto"
        >
          <Pencil className="size-4" aria-hidden />
          Change arguments…
        </Button>
      )}
    </div>
  );
}

const settlingMs = 600;

/** A card that has just come up or changed under the pointer is not approved by a press that was meant for something else. */
function useSettled(hash: string): boolean {
  const [settled, setSettled] = useState<string | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(hash), settlingMs);
    return () => clearTimeout(timer);
  }, [hash]);
  return settled === hash;
}

function DenyForm({ approval, onProblem, onDecide, onClose }: DecideProps & { onClose: () => void }) {
  const decide = useDecide();
  const announce = useAnnounce();
  const deny = async (values: FormValues) => {
    onProblem(null);
    const reason = values.text('reason').trim();
    onDecide();
    try {
      await decide.mutateAsync({ approval, decision: 'deny', ...(reason === '' ? {} : { reason }) });
      announce(`Denied: ${summaryOf(approval)}`);
    } catch (error) {
      if (error instanceof ProblemError && error.code === 'INPUT_INVALID') throw error;
      onProblem(describeError(error));
      onClose();
    }
    return undefined;
  };
  return (
    <Form
      label="Deny"
      submit="Deny"
      sending="Denying…"
      look="danger"
      onEscape={onClose}
      beside={<Button onClick={onClose}>Cancel</Button>}
      onSend={deny}
    >
      <NamedTextField
        name="reason"
        label="Reason"
        hint="The persona is told, and goes on without this."
        maxLength={500}
        autoComplete="off"
        autoFocus
      />
    </Form>
  );
}

const nothingChanged = new ProblemError({
  status: 400,
  code: 'INPUT_INVALID',
  detail: 'Nothing is changed yet. Change an argument, or go back.',
});

function ChangeForm({ approval, onProblem, onReplaced, onClose }: DecideProps & { onClose: () => void }) {
  const change = useChangeArguments();
  const announce = useAnnounce();
  const list = argumentsOf(approval.arguments);
  const send = async (values: FormValues) => {
    onProblem(null);
    const changed = list.map(([name, before]) => [name, fromText(values.text(name), before)] as const);
    if (changed.every(([name, now], index) => name === list[index]?.[0] && toText(now) === toText(list[index]?.[1]))) {
      throw nothingChanged;
    }
    try {
      const next = await change.mutateAsync({ approval, arguments: Object.fromEntries(changed) });
      announce('Looked up anew. Read what will happen now: it has to be approved again.');
      // This form goes with the approval it was for; closing it would take the focus from what asks now.
      onReplaced(next);
    } catch (error) {
      if (!(error instanceof ProblemError) || error.code !== 'APPROVAL_INVALID') throw error;
      onProblem(error.message);
      onClose();
    }
    return undefined;
  };
  return (
    <Form
      label="Change arguments"
      submit="Look it up anew"
      sending="Looking it up…"
      onEscape={onClose}
      beside={<Button onClick={onClose}>Cancel</Button>}
      onSend={send}
    >
      <p className="text-ink-2 text-pretty">
        What would happen is looked up anew and shown here. It is not approved by that: somebody decides on it again.
      </p>
      {list.map(([name, value], index) => (
        <NamedTextField
          key={name}
          name={name}
          label={argumentLabel(name)}
          hint={typeof value === 'string' ? undefined : 'As JSON.'}
          defaultValue={toText(value)}
          required={value !== ''}
          autoComplete="off"
          spellCheck={false}
          autoFocus={index === 0}
        />
      ))}
    </Form>
  );
}
