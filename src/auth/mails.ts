import type { Mail } from './mailer.ts';

/** A mail that leads to one page. */
export interface Letter {
  readonly to: string;
  readonly subject: string;
  readonly paragraphs: readonly string[];
  readonly link: string;
  readonly button: string;
  readonly closing: string;
}

export interface InvitationMail {
  readonly to: string;
  readonly inviter: string;
  readonly organization: string;
  readonly role: string;
  readonly link: string;
}

export function invitationMail({ to, inviter, organization, role, link }: InvitationMail): Mail {
  return writeLetter({
    to,
    subject: `${inviter} invites you to ${organization}`,
    paragraphs: [
      'Hello,',
      `${inviter} invites you to work in “${organization}” on Personas for Ninox, as ${role}.`,
      'Open this link to accept. It works once and for seven days.',
    ],
    link,
    button: 'Accept the invitation',
    closing: 'If you did not expect this, ignore it: nothing happens until the link is opened.',
  });
}

export function resetMail({ to, name, link }: { to: string; name: string; link: string }): Mail {
  return writeLetter({
    to,
    subject: 'Choose a new password',
    paragraphs: [
      `Hello ${name},`,
      'somebody, hopefully you, asked for a new password on Personas for Ninox.',
      'Open this link to choose one. It works once and for one hour, and signs you out everywhere.',
    ],
    link,
    button: 'Choose a new password',
    closing: 'If that was not you, ignore this mail: your password stays as it is.',
  });
}

export function writeLetter({ to, subject, paragraphs, link, button, closing }: Letter): Mail {
  const body = paragraphs.map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`).join('\n');
  return {
    to,
    subject: subject.replaceAll(/\s+/g, ' '),
    text: [...paragraphs, link, closing].join('\n\n'),
    html: [
      '<!doctype html>',
      '<html lang="en"><body style="font-family: sans-serif; line-height: 1.5; max-width: 36em">',
      body,
      `<p><a href="${escapeHtml(link)}">${escapeHtml(button)}</a></p>`,
      `<p style="word-break: break-all">${escapeHtml(link)}</p>`,
      `<p>${escapeHtml(closing)}</p>`,
      '</body></html>',
    ].join('\n'),
  };
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}
