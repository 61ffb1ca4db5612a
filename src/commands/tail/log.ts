import type { Writable } from 'node:stream';
import pino from 'pino';
import { toTerminal } from '../../escape/escape.ts';

/** What a service says of itself: one event a line, for machines, or for a person at a terminal. */
export interface ServiceLog {
  info(message: string, facts?: Facts): void;
  warn(message: string, facts?: Facts): void;
  error(message: string, facts?: Facts): void;
}

export type Facts = Readonly<Record<string, string | number | boolean | null>>;

export interface LogOptions {
  readonly output: Writable;
  /** Whether a person reads it as it comes. */
  readonly isTerminal: boolean;
  /** Warnings and errors only. */
  readonly quiet: boolean;
}

type Level = 'info' | 'warn' | 'error';

/** JSON Lines by pino; at a terminal the time of day, the message and the facts, made safe for it. */
export function openLog({ output, isTerminal, quiet }: LogOptions): ServiceLog {
  const least: Level = quiet ? 'warn' : 'info';
  const logger = pino(
    {
      level: least,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    output,
  );
  const write = (level: Level, message: string, facts: Facts): void => {
    if (!isTerminal) logger[level](neutral(facts), toTerminal(message));
    else if (level !== 'info' || !quiet) output.write(`${humanLine(level, message, facts)}\n`);
  };
  return {
    info: (message, facts = {}) => write('info', message, facts),
    warn: (message, facts = {}) => write('warn', message, facts),
    error: (message, facts = {}) => write('error', message, facts),
  };
}

function neutral(facts: Facts): Facts {
  return Object.fromEntries(
    Object.entries(facts).map(([name, fact]) => [name, typeof fact === 'string' ? toTerminal(fact) : fact]),
  );
}

function humanLine(level: Level, message: string, facts: Facts): string {
  const time = new Date().toISOString().slice(11, 19);
  const shown = Object.entries(facts).map(([name, fact]) => ` ${name}=${fact}`);
  return toTerminal(`${time} ${level === 'info' ? '' : `${level}: `}${message}${shown.join('')}`);
}
