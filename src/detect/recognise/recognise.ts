import { code } from './code.ts';
import { header } from './header.ts';
import { ldap } from './ldap.ts';
import { nosql } from './nosql.ts';
import type { Recogniser } from './recogniser.ts';
import { shell } from './shell.ts';
import { sqli } from './sqli.ts';
import { ssrf } from './ssrf.ts';
import { traversal } from './traversal.ts';
import { xss } from './xss.ts';

/** Every recogniser; each is the Sigma modifier of its name. */
export const RECOGNISERS: readonly Recogniser[] = [sqli, xss, shell, code, nosql, ldap, header, traversal, ssrf];
