#!/bin/bash
# Gives an account of a service the password that a file holds, unless it has it. The password is on no command line.
#
# Usage: set-account.sh URL DN PASSWORD_FILE
set -euo pipefail

url=${1:?} dn=${2:?} password_file=${3:?}

if timeout 15 ldapwhoami -x -H "$url" -D "$dn" -y "$password_file" > /dev/null 2>&1; then exit 0; fi

connection=(-Q -Y EXTERNAL -H "$url")
password=$(base64 --wrap=0 "$password_file")
name=${dn%%,*}
if timeout 15 ldapsearch "${connection[@]}" -LLL -s base -b "$dn" dn > /dev/null 2>&1; then
  timeout 60 ldapmodify "${connection[@]}" << END
dn: $dn
changetype: modify
replace: userPassword
userPassword:: $password
END
else
  timeout 60 ldapadd "${connection[@]}" << END
dn: $dn
objectClass: top
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: ${name#cn=}
userPassword:: $password
END
fi
timeout 15 ldapwhoami -x -H "$url" -D "$dn" -y "$password_file"
echo "set the password of $dn"
