/** The addresses of the pages that links in mails and on the terminal lead to. */
export const setUpLink = (publicUrl: string, token: string) => `${publicUrl}/set-up?token=${encodeURIComponent(token)}`;

export const invitationLink = (publicUrl: string, token: string) =>
  `${publicUrl}/invitations/${encodeURIComponent(token)}`;

export const resetLink = (publicUrl: string, token: string) =>
  `${publicUrl}/reset-password?token=${encodeURIComponent(token)}`;
