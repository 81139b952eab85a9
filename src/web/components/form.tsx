import {
  createContext,
  type FormEvent,
  type ReactNode,
  type RefObject,
  useContext,
  useEffect,
  useId,
  useRef,
  useState,
} from 'react';
import { Button, type ButtonLook } from './button.tsx';
import { checkFields, type FieldProblems, readProblems } from './form-problems.ts';
import { type FormValues, readValues } from './form-values.ts';

interface FormState {
  readonly fields: FieldProblems;
  readonly sending: boolean;
}

const FormContext = createContext<FormState>({ fields: {}, sending: false });

/** What is wrong with the field of this name, or null. */
export function useFieldProblem(name: string): string | null {
  return useContext(FormContext).fields[name] ?? null;
}

interface FormProps {
  /** Sends what was filled in. Answers what to say once it is done; a refusal is shown beside the field it names. */
  readonly onSend: (values: FormValues) => Promise<string | undefined>;
  readonly submit: string;
  readonly sending: string;
  readonly look?: ButtonLook;
  /** Beside the submit button. */
  readonly beside?: ReactNode;
  readonly wide?: boolean;
  /** While something has to be there before it may be sent. */
  readonly disabled?: boolean;
  /** Emptied after a success, for forms that stay. */
  readonly emptied?: boolean;
  readonly label?: string;
  /** Leaves the form without sending it, for forms that stand in the place of a button. */
  readonly onEscape?: () => void;
  readonly className?: string;
  readonly children?: ReactNode;
}

interface Outcome {
  readonly fields: FieldProblems;
  readonly problem: string | null;
  readonly done: string | null;
}

const fresh: Outcome = { fields: {}, problem: null, done: null };

/** A form that checks before it sends, is quiet while it sends, and leads to the first thing that is wrong. */
export function Form(props: FormProps) {
  const { submit, sending: sendingLabel, look = 'primary', beside, wide = false, className = '' } = props;
  const form = useRef<HTMLFormElement>(null);
  const problemLine = useRef<HTMLParagraphElement>(null);
  const [outcome, setOutcome] = useState<Outcome>(fresh);
  const { sending, run } = useSending(form);
  useFocusOnProblem({ form, problemLine, outcome, sending });

  const send = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const element = event.currentTarget;
    const fields = checkFields(element);
    if (Object.keys(fields).length > 0) {
      setOutcome({ ...fresh, fields });
      return;
    }
    const values = readValues(element);
    setOutcome(fresh);
    await run(async () => {
      try {
        const done = (await props.onSend(values)) ?? null;
        if (props.emptied === true) element.reset();
        setOutcome({ ...fresh, done });
      } catch (error) {
        setOutcome({ ...fresh, ...readProblems(error, element) });
      }
    });
  };

  return (
    <form
      ref={form}
      noValidate
      aria-label={props.label}
      onSubmit={(event) => void send(event)}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !sending) props.onEscape?.();
      }}
      onInput={(event) => setOutcome((current) => withoutProblem(current, nameOf(event.target)))}
      className={className}
    >
      <fieldset disabled={sending} className="grid min-w-0 grid-cols-1 gap-4">
        <FormContext value={{ fields: outcome.fields, sending }}>{props.children}</FormContext>
        {outcome.problem !== null && (
          <p
            ref={problemLine}
            role="alert"
            tabIndex={-1}
            className="whitespace-pre-line rounded-lg bg-bad-soft px-3 py-2 wrap-anywhere outline-none"
          >
            {outcome.problem}
          </p>
        )}
        <div className={`flex flex-wrap items-center gap-2 ${wide ? '*:[button]:w-full' : ''}`}>
          <Button type="submit" look={look} disabled={props.disabled}>
            {sending ? sendingLabel : submit}
          </Button>
          {beside}
          <p role="status" className="text-good empty:hidden">
            {outcome.done}
          </p>
        </div>
      </fieldset>
    </form>
  );
}

/** Runs one sending at a time, and gives the focus back that a disabled field loses. */
function useSending(form: RefObject<HTMLFormElement | null>) {
  const [sending, setSending] = useState(false);
  const focused = useRef<Element | null>(null);
  useEffect(() => {
    if (sending || !(focused.current instanceof HTMLElement)) return;
    const lost = document.activeElement === null || document.activeElement === document.body;
    if (lost && form.current?.contains(focused.current)) focused.current.focus();
    focused.current = null;
  }, [sending, form]);
  const run = async (work: () => Promise<void>) => {
    focused.current = document.activeElement;
    setSending(true);
    try {
      await work();
    } finally {
      setSending(false);
    }
  };
  return { sending, run };
}

function useFocusOnProblem({
  form,
  problemLine,
  outcome,
  sending,
}: {
  form: RefObject<HTMLFormElement | null>;
  problemLine: RefObject<HTMLParagraphElement | null>;
  outcome: Outcome;
  sending: boolean;
}): void {
  const told = useRef<Outcome>(fresh);
  useEffect(() => {
    if (sending || outcome === told.current) return;
    told.current = outcome;
    const names = Object.keys(outcome.fields);
    if (names.length > 0) firstNamed(form.current, names)?.focus();
    else problemLine.current?.focus();
  }, [outcome, sending, form, problemLine]);
}

function firstNamed(form: HTMLFormElement | null, names: readonly string[]): HTMLElement | null {
  for (const element of form?.elements ?? []) {
    if (element instanceof HTMLElement && names.includes(nameOf(element))) return element;
  }
  return null;
}

function withoutProblem(outcome: Outcome, name: string): Outcome {
  if (outcome.done === null && outcome.fields[name] === undefined) return outcome;
  const { [name]: _corrected, ...fields } = outcome.fields;
  return { ...outcome, fields, done: null };
}

function nameOf(target: EventTarget): string {
  return 'name' in target && typeof target.name === 'string' ? target.name : '';
}

/** A group of choices under one heading, with the place where its problem is said. */
export function FieldGroup({
  name,
  legend,
  hint,
  children,
}: {
  name: string;
  legend: string;
  hint?: ReactNode;
  children: ReactNode;
}) {
  const id = useId();
  const problem = useFieldProblem(name);
  return (
    <fieldset
      className="grid min-w-0 gap-2"
      aria-describedby={
        `${hint === undefined ? '' : `${id}hint`} ${problem === null ? '' : `${id}problem`}`.trim() || undefined
      }
    >
      <legend className="mb-1 font-medium">{legend}</legend>
      {hint !== undefined && (
        <p id={`${id}hint`} className="-mt-1.5 text-ink-2 text-pretty">
          {hint}
        </p>
      )}
      {problem !== null && (
        <p id={`${id}problem`} role="alert" className="text-bad">
          {problem}
        </p>
      )}
      {children}
    </fieldset>
  );
}
