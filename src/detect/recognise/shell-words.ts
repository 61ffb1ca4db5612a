function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}

/** Unix commands whose names are no words of a language: after a separator or in a substitution they need no arguments. */
export const UNIX_COMMANDS = words(`
  whoami wget ifconfig iwconfig uname nslookup netstat lsof chmod chown chgrp chattr busybox tftp ftpget ftpput mkfifo mknod ncat netcat
  nc bash zsh ksh csh tcsh rbash sh sudo su nohup printenv getent lsb_release lscpu lsblk lsmod dmesg crontab systemctl journalctl useradd
  usermod userdel adduser groupadd passwd visudo ssh scp sftp rsync telnet dig traceroute tracepath iptables nft tcpdump nmap socat curl
  aria2c lynx w3m lwp-download lwp-request zcat bzcat xzcat zstdcat lz4cat zless zmore zgrep egrep fgrep grep awk gawk mawk nawk xxd
  hexdump base64 base32 md5sum sha1sum sha256sum xargs gzip gunzip bzip2 bunzip2 xz unxz zstd unzip tar cpio rm rmdir mkdir mv cp dd shred
  pkill killall pgrep pidof pstree vmstat iostat ls lsattr pwd hostid hostnamectl ifup ping ping6 fping hping3 apt-get aptitude dpkg yum
  dnf rpm apk pacman pip pip3 npm npx gcc g++ cc gdb strace ltrace python2 python3 perl5 pypy php5 php7 php8 nodejs lua ruby2 jrunscript
  jjs tclsh readelf objdump mysqldump mysql psql sqlite3 redis-cli kubectl crictl podman ctr nsenter unshare chroot setsid setarch doas
  pkexec umount fdisk mkfs fsck swapoff sysctl insmod modprobe rmmod lspci lsusb dmidecode ip6tables ufw nmcli ethtool tac iconv uuencode
  uudecode basename dirname readlink realpath mktemp wc uniq openssl gpg ansible ansible-console ansible-galaxy ansible-inventory
  ansible-playbook ansible-pull chef-client chef-run chef-shell chef-solo chef-vault cscli salt-call perf bpftrace flock ionice taskset
  timedatectl loginctl showmount rpcinfo ldapsearch smbclient rlogin rsh sendmail ghci runhaskell rustc rpmquery rvim rview vimdiff
  zsoelim zathura aa-exec capsh cpan dmsetup dvips easy_install ginsh hping ksshell lualatex luatex nroff pdflatex pdftex pkg psftp rlwrap
  rpmdb rpmverify rtorrent run-mailcap run-parts scanmem soelim sqlmap ssh-keygen ssh-keyscan start-stop-daemon stdbuf tasksh troff
  unexpand update-alternatives valgrind xelatex xetex xmodmap xmore xpad yash csplit cpulimit c89 c99 bconsole btrfs check_by_ssh
  check_ssl_cert checkinstall cobc cupsfilter efax gcore gtester iftop jq logsave multitime mtr ncdu ncftp openvt opkg pidstat pwsh
  redcarpet sshpass svn svnserve tdbtool tshark unsquashfs varnishncsa vigr vipw xdotool zipinfo zypper rmt rmt-dump rmt-tar lastlog lastlogin htop pipx
  ansible-vault ansible-doc ansible-config ssh-copy-id bcdboot sha512sum pkgutil arp-scan lsns findmnt blkid iptables-save mysqladmin
  pg_dump iwr bsdtar htpasswd ftpwho ld.so
`);

/** Commands that are also words, names of languages, column names or parts of user agents: they need arguments of a shell. */
export const WORDY_COMMANDS = words(`
  cat id ps w who last env set echo printf more less head tail sort find locate which whereis man time date touch kill sleep test true
  false exit eval exec source export alias type read host hostname mail top free df du stat file split join diff cmp strings cd at batch
  ftp php perl python ruby node java go gem git make nice watch screen script cut expand look units users groups logname uptime cal bc dc
  yes seq column wall write zip service init reboot halt poweroff shutdown history jobs declare unset trap ulimit umask wait fg bg
  dir vdir dash fish ed ex vi route link unlink view install patch tree apt brew snap pr lp lpr rev open say nm ld ar as ip net mount
  msfvenom command builtin fetch paste fold fmt tex pico comm hg latex julia octave puppet docker yarn composer poetry elvish socket tbl
  highlight wish expect terraform vagrant nano vim emacs gimp cowsay bundle bridge eqn facter genie sash slsh toilet posh pig yelp tr tee
  od nl ss finger ash mailx mongo mutt postfix exim axel ul pry irb pdb dosbox sg ghc neofetch choom ispell restic wireshark mosquitto
  byebug crystal arp tmux sed ln
`);

/** Commands an intruder runs first, without arguments. */
export const RECONNAISSANCE = words(
  'id whoami uname ifconfig ipconfig ls pwd netstat printenv lscpu lsblk hostid systeminfo tasklist visudo lastlog htop sh bash',
);

/** Words that are commands whose arguments are files or hosts. */
export const FILE_COMMANDS = words(
  'cat echo find printf mail php perl python ruby tar zip git ping host source kill touch head tail more less sort type',
);

/** Windows commands, any case, that are no words. */
export const WINDOWS_COMMANDS = words(`
  cmd cmd.exe powershell pwsh certutil bitsadmin mshta rundll32 regsvr32 wmic tasklist systeminfo ipconfig wscript cscript schtasks netsh
  taskkill icacls cacls vssadmin nltest findstr attrib xcopy robocopy msiexec installutil regasm regsvcs msbuild odbcconf forfiles pcalua
  diskpart bcdedit wevtutil quser qwinsta dsquery csvde ldifde nbtstat tracert pathping net1 psexec procdump mimikatz nslookup whoami
  regedit fsutil takeown gpresult driverquery ftype assoc wbadmin makecab esentutl hh ieexec cmstp curl.exe net.exe ping.exe
`);

/** Windows commands that are also words; they need arguments as Windows writes them. */
export const WINDOWS_WORDY = words(
  'dir type copy del erase move ren net reg sc ver vol set echo ping start call more find sort timeout path md rd rmdir mkdir tree at ftp',
);

/** Commands that run the command after them. */
export const PREFIX_COMMANDS = words(
  'sudo doas nohup time env exec eval command builtin nice ionice timeout setsid stdbuf xargs busybox then do else if while start watch',
);

/** Programs that take code as an argument. */
export const INTERPRETERS =
  /^(?:(?:ba|z|k|c|tc|da|a|rba|fi)?sh|python[\d.]*|perl|ruby|php\d?|node|lua|awk|gawk|osascript)$/;
