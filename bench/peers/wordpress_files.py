"""The files that WordPress, php-fpm and nginx are started with, in a folder of their own."""

import grp
import pwd
import shutil
from pathlib import Path
from string import Template
from typing import Final

CONFIG: Final = Template("""<?php
define('DB_NAME', 'wordpress'); define('DB_USER', 'root'); define('DB_PASSWORD', '');
define('DB_HOST', 'localhost:$folder/database/socket'); define('DB_CHARSET', 'utf8mb4'); define('DB_COLLATE', '');
foreach (array('AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE') as $$kind) {
    define($$kind . '_KEY', 'for the benchmark'); define($$kind . '_SALT', 'for the benchmark');
}
define('DISABLE_WP_CRON', true); define('WP_HTTP_BLOCK_EXTERNAL', true); define('AUTOMATIC_UPDATER_DISABLED', true);
$$table_prefix = 'wp_';
if (!defined('ABSPATH')) { define('ABSPATH', __DIR__ . '/'); }
require_once ABSPATH . 'wp-settings.php';
""")

PLUGIN: Final = """<?php
/* Nobody is made to wait between comments, and each is shown at once: what keeps people from flooding is off. */
add_filter('comment_flood_filter', '__return_false', 100);
add_filter('wp_is_comment_flood', '__return_false', 100);
add_filter('pre_comment_approved', function ($approved) { return 1; }, 100);
add_filter('pre_wp_mail', '__return_true');
add_filter('comments_open', '__return_true', 100);
"""

FPM: Final = Template("""[global]
error_log = $folder/fpm.log
[www]
user = www-data
group = www-data
listen = $folder/fpm.socket
listen.owner = www-data
listen.group = www-data
pm = static
pm.max_children = 8
""")

NGINX: Final = Template("""daemon off;
user www-data;
worker_processes 1;
pid $folder/nginx.pid;
error_log $folder/nginx.log;
events { worker_connections 256; }
http {
    include /etc/nginx/mime.types;
    access_log off;
    keepalive_requests 1000000;
    client_body_temp_path $folder/body; proxy_temp_path $folder/proxy; fastcgi_temp_path $folder/fastcgi;
    uwsgi_temp_path $folder/uwsgi; scgi_temp_path $folder/scgi;
    server {
        listen 127.0.0.1:$port;
        root $folder/site;
        index index.php;
        location / { try_files $$uri $$uri/ /index.php?$$args; }
        location ~ \\.php$$ {
            include /etc/nginx/fastcgi_params;
            fastcgi_param SCRIPT_FILENAME $$document_root$$fastcgi_script_name;
            fastcgi_param HTTP_HOST 127.0.0.1:$port;
            fastcgi_pass unix:$folder/fpm.socket;
        }
    }
}
""")


def write_files(folder: Path, source: Path, port: int) -> None:
    """A copy of the site with settings of its own, and what php-fpm, nginx and MariaDB need."""
    site = folder / "site"
    shutil.copytree(source, site, ignore_dangling_symlinks=True)
    (site / "wp-config.php").unlink(missing_ok=True)
    words = {"folder": str(folder), "port": str(port)}
    (site / "wp-config.php").write_text(CONFIG.substitute(words), encoding="utf-8")
    plugins = site / "wp-content" / "mu-plugins"
    plugins.mkdir(parents=True, exist_ok=True)
    (plugins / "no-waiting.php").write_text(PLUGIN, encoding="utf-8")
    (folder / "fpm.conf").write_text(FPM.substitute(words), encoding="utf-8")
    (folder / "nginx.conf").write_text(NGINX.substitute(words), encoding="utf-8")
    (folder / "database").mkdir()
    shutil.chown(folder / "database", pwd.getpwnam("mysql").pw_uid, grp.getgrnam("mysql").gr_gid)
