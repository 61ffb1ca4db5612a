/** Splits a list of words written as running text. */
function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}

/** Words that join a condition to what stands before. */
export const CONNECTIVES = words('and or xor && || where having when');

/** Words that compare two operands. */
export const COMPARATORS = words(
  '= == != <> < > <= >= <=> !< !> =~ ~* @> <@ like rlike regexp ilike glob in is between sounds similar',
);

/** Words that may stand between two operands and make one. */
export const ARITHMETIC = words('+ - * / % ^ | & || << >> :: -> ->> div mod collate');

/** Words glued to a number in front (`1or 1=1`, `1union select`), where a database still sees two tokens. */
export const GLUED_WORDS = words(
  'and or xor union having order where like rlike regexp div mod between is in procedure limit',
);

/** Words that start or go on with a clause after a value that was ended. */
export const CLAUSES = words(
  'and or xor where having order group limit union intersect except minus procedure into like rlike regexp ilike glob in is between not div mod collate as on for offset sounds',
);

/** Constants spelled as words. */
export const CONSTANT_WORDS = words(
  'null true false current_user session_user system_user rownum sysdate current_timestamp',
);

/** Functions that hardly occur outside of SQL; a call of one is an injection wherever it stands. */
export const TELLING_CALLS = words(`
  benchmark pg_sleep pg_sleep_for pg_sleep_until extractvalue updatexml load_file randomblob group_concat name_const gtid_subset gtid_subtract
  geometrycollection multipoint multipolygon multilinestring make_set xmltype drithsx.sn xp_cmdshell
  dbms_pipe.receive_message dbms_lock.sleep dbms_session.sleep dbms_utility.sqlid_to_sqlhash utl_inaddr.get_host_address
  utl_inaddr.get_host_name utl_http.request httpuritype dbms_xmlgen.getxml dbms_ldap.init ctxsys.drithsx.sn
  dbms_xdb_version.checkin dbms_xdb_version.makeversioned dbms_xslprocessor.read2clob dbms_random.string
  load_extension pg_read_file pg_ls_dir lo_import lo_export lo_from_bytea query_to_xml database_to_xml dblink_connect dblink
  fn_trace_gettable fn_xe_file_target_read_file fn_get_audit_file openrowset openquery opendatasource
  is_srvrolemember has_dbaccess db_name sys_eval sys_exec crypt_key regexp_substring sqlite_version sys.fn_sqlvarbasetostr
  json_extract_path_text st_latfromgeohash st_longfromgeohash st_pointfromgeohash bigint_unsigned_add row_count found_rows
`);

/** Functions that take a condition first: `if(1=1,sleep(5),0)`, `elt(1=1,2)`. */
export const CONDITIONAL_CALLS = words('if iif elt make_set ifnull decode choose');

/** Tables and schemas of the databases themselves; a statement that names one reads the catalogue. */
export const CATALOGUE =
  /^(?:information_schema\b|mysql\.|sys\.|performance_schema\.|pg_catalog\b|pg_(?:user|shadow|tables|database|roles|authid)$|sysobjects$|syscolumns$|sysusers$|sysdatabases$|sysibm\.|syscat\.|sqlite_(?:master|schema|temp_master)$|msysaccess|msysobjects$|master\.|tempdb\.|(?:all|user|dba)_(?:tables|tab_columns|users|objects|views|role_privs|sys_privs)$|v\$|rdb\$|dual$|domain\.|systables$|sysmaster:)/;

/** Functions that tell about the database and are asked for alone. */
export const INFORMATION_CALLS = words(
  'version user database schema current_user system_user session_user pg_sleep sleep sqlite_version load_file group_concat',
);

/** Tables that attackers ask for by name. */
export const COVETED_TABLES = words(
  'users user admin admins administrator administrators members accounts account customers credentials passwords login logins wp_users jos_users',
);

/** Words that follow `from` in prose and never in a statement. */
export const DETERMINERS = words(
  'the a an this that these those your our my his her its their each every any all one some many here there which what our us them it you various several below above left right top bottom',
);

/** Verbs that may follow a `;`. */
export const STATEMENTS = words(
  'select insert update delete drop truncate create alter exec execute declare waitfor begin call shutdown grant revoke set if copy handler rename load merge replace attach pragma vacuum kill backup with print raiserror do use show analyze lock',
);

/** What a definition statement may define. */
export const DEFINABLE = words(
  'table database schema view user login role procedure proc function trigger index column extension sequence tablespace type server domain policy materialized temporary temp global unique or library language event',
);
