/** A part of a description: what is always said, and a list of which as much is said as fits. */
export interface Section {
  /** Null for what stands between the title and the first heading. */
  readonly heading: string | null;
  readonly paragraphs: readonly string[];
  readonly items: readonly string[];
}

export interface LayoutLimits {
  /** UTF-16 units of the whole. */
  readonly maxUnits: number;
  /** Items of one list. */
  readonly maxItems: number;
}

/**
 * Lays out Markdown as Cisco's guide to incident summaries wants it: one H1 in the first line, H2 for sections, blank
 * lines between paragraphs. Titles, headings and paragraphs are kept whole, so the caller must keep them short; list
 * items are added in turn, one of each section, while the whole stays within its limit. A section with nothing to say
 * is left out.
 */
export function layOut(title: string, sections: readonly Section[], limits: LayoutLimits): string {
  const told = sections.filter(({ paragraphs, items }) => paragraphs.length + items.length > 0);
  const shown = told.map(() => 0);
  // The shortest form holds a line for what is left out of each list already.
  let room = limits.maxUnits - render(title, told, shown).length;
  for (let turn = 0; turn < limits.maxItems; turn++) {
    told.forEach(({ items }, index) => {
      const item = items[turn];
      // A list is cut at its end only: an item that does not fit ends it.
      if (item === undefined || shown[index] !== turn || item.length + 3 > room) return;
      room -= item.length + 3;
      shown[index] = turn + 1;
    });
  }
  return render(title, told, shown);
}

function render(title: string, sections: readonly Section[], shown: readonly number[]): string {
  const blocks = sections.flatMap(({ heading, paragraphs, items }, index) => {
    const kept = shown[index] ?? 0;
    const lines = items.slice(0, kept).map((item) => `- ${item}`);
    if (kept < items.length) lines.push(`- and ${items.length - kept} more`);
    const list = lines.length === 0 ? [] : [lines.join('\n')];
    return [...(heading === null ? [] : [`## ${heading}`]), ...paragraphs, ...list];
  });
  return [`# ${title}`, ...blocks].join('\n\n');
}
