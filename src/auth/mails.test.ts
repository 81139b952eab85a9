import { expect, test } from 'vitest';
import { invitationMail, resetMail } from './mails.ts';

const link = 'https://personas.example.com/invitations/abc?x="1"&y=2';

test('an invitation says who, where and as what, in text and in HTML', () => {
  const mail = invitationMail({ to: 'm@example.com', inviter: 'Olivia', organization: 'Bakery', role: 'member', link });
  expect(mail).toMatchObject({ to: 'm@example.com', subject: 'Olivia invites you to Bakery' });
  for (const body of [mail.text, mail.html]) {
    expect(body).toContain('Olivia invites you to work in “Bakery”');
    expect(body).toContain('as member');
    expect(body).toContain('seven days');
  }
  expect(mail.text).toContain(link);
  expect(mail.html).toContain('href="https://personas.example.com/invitations/abc?x=&quot;1&quot;&amp;y=2"');
});

test('names cannot bring their own HTML, nor further lines into the subject', () => {
  const evil = '<img src=x onerror="alert(1)">\r\nBcc: eve@example.com';
  const mails = [
    invitationMail({ to: 'm@example.com', inviter: evil, organization: evil, role: 'member', link }),
    resetMail({ to: 'm@example.com', name: evil, link }),
  ];
  for (const { html, subject } of mails) {
    expect(html).not.toContain('<img');
    expect(subject).not.toMatch(/[\r\n]/);
  }
});
