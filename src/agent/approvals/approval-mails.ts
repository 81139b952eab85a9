import type { Mail } from '#auth/mailer.ts';
import { writeLetter } from '#auth/mails.ts';

export interface ApprovalLetter {
  readonly to: string;
  readonly name: string;
  readonly persona: string;
  readonly requester: string;
  readonly summary: string;
  readonly expiresAt: Date;
  readonly link: string;
  /** Whether they were told of it before, or could have seen it. */
  readonly again: boolean;
}

/** Tells somebody that something waits for their decision. Holds no fields of records: the link leads to them. */
export function approvalMail(letter: ApprovalLetter): Mail {
  const { to, name, persona, requester, summary, link, again } = letter;
  return writeLetter({
    to,
    subject: again ? `Still waits for a decision: ${summary}` : `Waits for your decision: ${summary}`,
    paragraphs: [
      `Hello ${name},`,
      `on behalf of ${requester}, “${persona}” asks for this${again ? ', and nobody has decided yet' : ''}:`,
      summary,
      `Open this link to see exactly what would happen, and to decide. Without a decision it ends on ${timeOf(letter.expiresAt)}.`,
    ],
    link,
    button: 'Look and decide',
    closing: 'Nothing happens until somebody approves it. Others may be asked as well; the first decision counts.',
  });
}

/** Mails go to people wherever they are, so the time says where it holds. */
function timeOf(at: Date): string {
  const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });
  return `${format.format(at)} UTC`;
}
