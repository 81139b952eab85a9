import { type Fields, fieldsOf, isFields, listOf, refuse, textOf } from './fields.ts';

/*
 * Block Kit as far as messages of ours use it: what the reference says of each block is held against it, and a person's
 * view of it is text.
 */

export interface SlackButton {
  readonly actionId: string;
  readonly blockId: string;
  readonly text: string;
  readonly value: string;
  readonly type: string;
  readonly style: string | null;
  readonly url: string | null;
  readonly confirm: Fields | null;
}

interface Rule {
  readonly check: (block: Fields, path: string) => void;
  readonly show: (block: Fields) => string;
}

const rules: Readonly<Record<string, Rule>> = {
  section: {
    check(block, path) {
      if (block.text === undefined && block.fields === undefined) invalid(path, 'must have text or fields');
      if (block.text !== undefined) checkText(block.text, `${path}/text`, { max: 3000 });
      checkList(block.fields, `${path}/fields`, 10);
      listOf(block.fields).forEach((field, at) => {
        checkText(field, `${path}/fields/${at}`, { max: 2000 });
      });
      if (block.accessory !== undefined) checkElement(block.accessory, `${path}/accessory`);
    },
    show: (block) => joinLines([showText(block.text), ...listOf(block.fields).map(showText)]),
  },
  header: {
    check: (block, path) => checkText(block.text, `${path}/text`, { max: 150, plain: true }),
    show: (block) => showText(block.text),
  },
  context: {
    check(block, path) {
      checkElements(block, path, 10);
      listOf(block.elements).forEach((element, at) => {
        if (element.type === 'image') return;
        checkText(element, `${path}/elements/${at}`, { max: 2000 });
      });
    },
    show: (block) => joinLines(listOf(block.elements).map(showText)),
  },
  actions: {
    check(block, path) {
      checkElements(block, path, 25);
      const ids = listOf(block.elements).map((element, at) => checkElement(element, `${path}/elements/${at}`));
      if (new Set(ids).size !== ids.length) invalid(path, 'action_id already exists');
    },
    show: () => '',
  },
  context_actions: {
    check(block, path) {
      checkElements(block, path, 5);
      listOf(block.elements).forEach((element, at) => {
        const { type } = element;
        if (type !== 'feedback_buttons' && type !== 'icon_button') invalid(`${path}/elements/${at}`, 'no such element');
        checkElement(element, `${path}/elements/${at}`);
      });
    },
    show: () => '',
  },
  markdown: {
    check(block, path) {
      const text = textOf(block.text);
      if (text === '') invalid(`${path}/text`, 'must not be empty');
      if (text.length > 12_000) invalid(`${path}/text`, 'must be at most 12000 characters');
    },
    show: (block) => textOf(block.text),
  },
  divider: { check: () => undefined, show: () => '' },
  image: {
    check(block, path) {
      if (textOf(block.alt_text) === '') invalid(path, 'must have alt_text');
    },
    show: (block) => textOf(block.alt_text),
  },
  rich_text: { check: (block, path) => checkElements(block, path, 1000), show: (block) => showRich(block) },
  alert: {
    check: (block, path) => checkText(block.text, `${path}/text`, { max: 3000 }),
    show: (block) => showText(block.text),
  },
  task_card: {
    check(block, path) {
      if (textOf(block.task_id) === '' || textOf(block.title) === '') invalid(path, 'must have task_id and title');
    },
    show: (block) => textOf(block.title),
  },
  table: { check: () => undefined, show: (block) => listOf(block.rows).map(showRich).join('\n') },
};

/** Throws `invalid_blocks` for what Slack would not take; gives every block an id, as Slack does. */
export function acceptBlocks(value: unknown, newBlockId: () => string): readonly Fields[] {
  if (value === undefined) return [];
  if (!Array.isArray(value) || !value.every(isFields)) refuse('invalid_blocks_format');
  const blocks = value as readonly Fields[];
  if (blocks.length > 50) refuse('invalid_blocks', 'no more than 50 items allowed [json-pointer:/blocks]');
  const ids = new Set<string>();
  blocks.forEach((block, at) => {
    const path = `/blocks/${at}`;
    const rule = rules[textOf(block.type)];
    if (rule === undefined) invalid(path, `unsupported type: ${textOf(block.type)}`);
    rule.check(block, path);
    const id = textOf(block.block_id);
    if (id.length > 255) invalid(path, 'block_id must be at most 255 characters');
    if (id !== '' && ids.has(id)) invalid(path, 'block_id already exists');
    ids.add(id);
  });
  return blocks.map((block) => ({ block_id: newBlockId(), ...block }));
}

function invalid(path: string, why: string): never {
  refuse('invalid_blocks', `${why} [json-pointer:${path}]`);
}

function checkElements(block: Fields, path: string, most: number): void {
  if (!Array.isArray(block.elements) || block.elements.length === 0) invalid(path, 'must have elements');
  checkList(block.elements, `${path}/elements`, most);
}

function checkList(value: unknown, path: string, most: number): void {
  if (value !== undefined && (!Array.isArray(value) || value.length > most))
    invalid(path, `no more than ${most} items`);
}

function checkText(value: unknown, path: string, { max, plain = false }: { max: number; plain?: boolean }): void {
  const { type, text } = fieldsOf(value);
  const allowed = plain ? ['plain_text'] : ['plain_text', 'mrkdwn'];
  if (!allowed.includes(textOf(type))) invalid(path, `must be one of ${allowed.join(', ')}`);
  if (textOf(text) === '') invalid(path, 'must be more than 0 characters');
  if (textOf(text).length > max) invalid(path, `must be less than ${max + 1} characters`);
}

/** Answers its action_id. */
function checkElement(value: unknown, path: string): string {
  const element = fieldsOf(value);
  const id = textOf(element.action_id);
  if (id.length > 255) invalid(path, 'action_id must be less than 256 characters');
  if (element.type === 'button') checkButton(element, path);
  else if (element.type === 'feedback_buttons') checkFeedback(element, path);
  else if (!['icon_button', 'static_select', 'overflow', 'image'].includes(textOf(element.type))) {
    invalid(path, `unsupported type: ${textOf(element.type)}`);
  }
  return id;
}

function checkButton(button: Fields, path: string): void {
  checkText(button.text, `${path}/text`, { max: 75, plain: true });
  if (textOf(button.value).length > 2000) invalid(`${path}/value`, 'must be less than 2001 characters');
  if (button.style !== undefined && button.style !== 'primary' && button.style !== 'danger') {
    invalid(`${path}/style`, 'must be primary or danger');
  }
  if (button.confirm !== undefined) checkConfirm(fieldsOf(button.confirm), `${path}/confirm`);
}

function checkFeedback(element: Fields, path: string): void {
  for (const name of ['positive_button', 'negative_button'] as const) {
    const button = fieldsOf(element[name]);
    checkText(button.text, `${path}/${name}/text`, { max: 75, plain: true });
    const { length } = textOf(button.value);
    if (length === 0 || length > 2000) invalid(`${path}/${name}/value`, 'must be 1 to 2000 characters');
  }
}

function checkConfirm(confirm: Fields, path: string): void {
  checkText(confirm.title, `${path}/title`, { max: 100, plain: true });
  checkText(confirm.text, `${path}/text`, { max: 300 });
  checkText(confirm.confirm, `${path}/confirm`, { max: 30, plain: true });
  checkText(confirm.deny, `${path}/deny`, { max: 30, plain: true });
}

/** As a person reads them, without buttons; entities are characters again. */
export function showBlocks(blocks: readonly Fields[]): string {
  return joinLines(blocks.map((block) => rules[textOf(block.type)]?.show(block) ?? ''));
}

function showText(value: unknown): string {
  return textOf(fieldsOf(value).text);
}

function showRich(block: Fields): string {
  if (block.type === 'text' || block.type === 'link') return textOf(block.text) || textOf(block.url);
  return listOf(block.elements).map(showRich).join('');
}

function joinLines(lines: readonly string[]): string {
  return lines.filter((line) => line !== '').join('\n');
}

/** Every button somebody can press there. Feedback buttons are two, told apart by their value. */
export function buttonsOf(blocks: readonly Fields[]): readonly SlackButton[] {
  return blocks.flatMap((block) => {
    const elements = [...listOf(block.elements), ...listOf(block.accessory === undefined ? [] : [block.accessory])];
    return elements.flatMap((element) => buttonsIn(element, textOf(block.block_id)));
  });
}

function buttonsIn(element: Fields, blockId: string): SlackButton[] {
  const of = (button: Fields): SlackButton => ({
    actionId: textOf(element.action_id),
    blockId,
    text: showText(button.text),
    value: textOf(button.value),
    type: textOf(element.type),
    style: typeof button.style === 'string' ? button.style : null,
    url: typeof button.url === 'string' ? button.url : null,
    confirm: isFields(button.confirm) ? button.confirm : null,
  });
  if (element.type === 'button' || element.type === 'icon_button') return [of(element)];
  if (element.type !== 'feedback_buttons') return [];
  return [of(fieldsOf(element.positive_button)), of(fieldsOf(element.negative_button))];
}
