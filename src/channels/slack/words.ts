/** How somebody lets a workspace know that they are a member. */
export function howToLink(publicUrl: string): string {
  return `To link your account, open your account settings at ${publicUrl}, make a code for Slack there, and type \`/persona link CODE\` here.`;
}
