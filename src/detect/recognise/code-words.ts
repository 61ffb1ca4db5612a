function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}

/** Functions of scripting languages whose names say enough: a call of one is code. */
export const TELLING_FUNCTIONS = words(`
  shell_exec passthru proc_open popen pcntl_exec create_function call_user_func call_user_func_array base64_decode base64_encode gzinflate
  gzuncompress gzdecode str_rot13 file_get_contents file_put_contents readfile show_source highlight_file phpinfo phpversion php_uname
  php_sapi_name phpcredits var_dump print_r var_export unserialize preg_replace preg_replace_callback array_map array_filter array_walk
  array_diff array_diff_ukey usort uasort uksort move_uploaded_file ini_set ini_get ini_alter set_time_limit posix_getpwuid posix_getuid
  posix_kill posix_uname fsockopen pfsockopen curl_exec curl_init get_defined_functions get_defined_vars get_defined_constants func_get_args
  get_current_user getmypid getmyuid error_log error_reporting escapeshellcmd escapeshellarg parse_ini_file simplexml_load_string
  simplexml_load_file forward_static_call register_shutdown_function register_tick_function set_error_handler spl_autoload_register
  ob_start is_callable method_exists function_exists str_replace strrev hex2bin bin2hex fopen fwrite fputs fread fgets
  file_exists scandir opendir readdir chmod symlink tempnam tmpfile getcwd chdir mb_ereg_replace iterator_apply stream_get_contents
  stream_socket_client stream_context_create dl putenv getenv fputcsv assert_options disk_free_space zend_version gethostname
  __import__ __subclasses__ __getattribute__ execsync spawnsync execfile readfilesync writefilesync readdirsync getruntime processbuilder
  forname getdeclaredmethod getdeclaredconstructors newinstance defineclass scriptenginemanager getenginebyname
  instance_eval class_eval module_eval system_cmd cfexecute
`);

/** Functions that prose may name; they need an argument that is code. */
export const NAMED_FUNCTIONS = words(
  'system exec eval assert include include_once require require_once print echo die exit md5 open glob printf print_r sleep usleep chr ord log file unlink mail header define extract return',
);

/** What can follow `${` of a lookup or stand as its scheme. */
export const LOOKUP =
  /^\$\{\s?(?:jndi|lower|upper|env|sys|java|date|ctx|main|bundle|docker|k8s|log4j|web|spring|marker|map|sd|event|base64|script|dns|url|const|file|xml|urldecoder|\$\{|::-|[^}{\s]{0,40}:-)(?::|-|[^\w]|$)?/;

/** Names a template expression asks for to leave its sandbox. */
export const TEMPLATE_ROOTS =
  /(?:^|[^\w.])(?:config|self|request|session|settings|_self|__self__|app|lipsum|cycler|joiner|namespace|url_for|get_flashed_messages|g|range|dump|system|exec|eval|runtime|process|global|require|class|constructor|t\(|this\.constructor|\$smarty|\$class|#this|#root|#context|#request|#session|@[a-z]+\.)(?:\s*[.[(|]|\s*$)/;
