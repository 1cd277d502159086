#!/usr/bin/env bash
# Makes the test PKI with the openssl command line:
#   make-pki.sh DIR BASE_URL      (BASE_URL such as http://127.0.0.1:8080, where server.py answers)
#
# What stands in DIR afterwards, for each NAME: NAME.key (PKCS#8, 0600), NAME.crt (PEM), NAME.der, NAME-chain.pem (leaf first).
#   root        the anchor of signers and time-stamps; trust/root.crt is the folder to give to --trust
#   tsp         the issuing authority below it, shaped as a trust service provider
#   rsa2048 rsa3072 p256 p384 p521            good signers
#   seal                                      a firm's certificate for seals (QcType eseal, digitalSignature)
#   expired not-yet-valid revoked no-nonrep ca-signer weak unknown-issuer     wrong in one way each
#   tsa tsa-p256 ocsp                         time-stamp units, OCSP responder
#   tls-ca server server-wrong-name client client-expired client-unknown     for the receiving server
#   crl/ aia/ index-*.txt tsa.cnf             what server.py hands out
# The private keys guard nothing: they live in a throw-away folder and the certificates say TEST.
set -euo pipefail
umask 077

[ $# -eq 2 ] || { echo "usage: make-pki.sh DIR BASE_URL" >&2; exit 2; }
mkdir -p "$1"
dir=$(cd "$1" && pwd)
url=${2%/}
cd "$dir"
mkdir -p issued crl aia trust

export OPENSSL_CONF="$dir/openssl.cnf"
quiet() { # openssl chatters on stderr also when all is well: show it only after a failure
  local log
  log=$("$@" 2>&1) || { printf '%s\n' "$log" >&2; echo "make-pki: failed: $*" >&2; exit 1; }
}

cat > openssl.cnf <<CNF
[req]
distinguished_name = dn
prompt = no
utf8 = yes
string_mask = utf8only
[dn]
CN = TEST
[any]
countryName = optional
organizationName = optional
organizationalUnitName = optional
organizationIdentifier = optional
commonName = optional
givenName = optional
surname = optional
serialNumber = optional
CNF
for ca in root tsp unknown tls-ca; do
  : > "index-$ca.txt"
  echo "unique_subject = no" > "index-$ca.txt.attr"
  echo 01 > "crlnumber-$ca"
  printf '4A%s\n' "$(openssl rand -hex 8)" > "serial-$ca"
  cat >> openssl.cnf <<CNF
[ca_$ca]
database = $dir/index-$ca.txt
new_certs_dir = $dir/issued
certificate = $dir/$ca.crt
private_key = $dir/$ca.key
crlnumber = $dir/crlnumber-$ca
serial = $dir/serial-$ca
default_md = sha256
default_crl_days = 30
policy = any
preserve = yes
unique_subject = no
string_mask = utf8only
utf8 = yes
crl_extensions = ext_crl
CNF
done
pointers() { # of a certificate issued by $1
  cat <<CNF
authorityInfoAccess = OCSP;URI:$url/ocsp/$1, caIssuers;URI:$url/aia/$1.crt
crlDistributionPoints = URI:$url/crl/$1.crl
CNF
}
leaf() { # section, then its lines on standard input
  printf '[ext_%s]\nbasicConstraints = critical, CA:FALSE\nsubjectKeyIdentifier = hash\nauthorityKeyIdentifier = keyid:always\n' "$1"
  cat
}
{
  echo '[ext_crl]'; echo 'authorityKeyIdentifier = keyid:always'
  echo '[ext_root]'
  printf 'basicConstraints = critical, CA:TRUE\nkeyUsage = critical, keyCertSign, cRLSign\nsubjectKeyIdentifier = hash\n'
  echo '[ext_tsp]'
  printf 'basicConstraints = critical, CA:TRUE, pathlen:0\nkeyUsage = critical, keyCertSign, cRLSign\nsubjectKeyIdentifier = hash\n'
  printf 'authorityKeyIdentifier = keyid:always\ncertificatePolicies = 2.5.29.32.0\n'
  # The intermediate has a CRL only: an OCSP answer for it would need a second responder.
  echo "authorityInfoAccess = caIssuers;URI:$url/aia/root.crt"; echo "crlDistributionPoints = URI:$url/crl/root.crl"
  { echo 'keyUsage = critical, nonRepudiation'; echo 'certificatePolicies = 0.4.0.194112.1.2'
    echo '1.3.6.1.5.5.7.1.3 = ASN1:SEQUENCE:qc'; pointers tsp; } | leaf signer
  { echo 'keyUsage = critical, digitalSignature'; echo '1.3.6.1.5.5.7.1.3 = ASN1:SEQUENCE:qc_of_seal'; pointers tsp; } | leaf seal
  { echo 'keyUsage = critical, digitalSignature'; pointers tsp; } | leaf no_nonrep
  { echo 'keyUsage = critical, nonRepudiation'; pointers unknown; } | leaf unknown
  echo '[ext_ca_signer]'
  printf 'basicConstraints = critical, CA:TRUE\nkeyUsage = critical, nonRepudiation, keyCertSign\nsubjectKeyIdentifier = hash\n'
  echo 'authorityKeyIdentifier = keyid:always'; pointers tsp
  { printf 'keyUsage = critical, digitalSignature\nextendedKeyUsage = critical, timeStamping\n'; pointers tsp; } | leaf tsa
  printf 'keyUsage = critical, digitalSignature\nextendedKeyUsage = OCSPSigning\nnoCheck = ignored\n' | leaf ocsp
  printf 'keyUsage = critical, digitalSignature\nextendedKeyUsage = serverAuth\nsubjectAltName = DNS:localhost, IP:127.0.0.1\n' | leaf server
  printf 'keyUsage = critical, digitalSignature\nextendedKeyUsage = serverAuth\nsubjectAltName = DNS:autre.invalid\n' | leaf wrong_name
  printf 'keyUsage = critical, digitalSignature\nextendedKeyUsage = clientAuth\n' | leaf client
  # ETSI EN 319 412-5: compliance, key in a qualified device, for electronic signature
  cat <<'CNF'
[qc]
compliance = SEQUENCE:qc_compliance
device = SEQUENCE:qc_device
type = SEQUENCE:qc_type
[qc_compliance]
id = OID:0.4.0.1862.1.1
[qc_device]
id = OID:0.4.0.1862.1.4
[qc_type]
id = OID:0.4.0.1862.1.6
types = SEQUENCE:qc_types
[qc_types]
esign = OID:0.4.0.1862.1.6.1
[qc_of_seal]
compliance = SEQUENCE:qc_compliance
type = SEQUENCE:qc_type_seal
[qc_type_seal]
id = OID:0.4.0.1862.1.6
types = SEQUENCE:qc_types_seal
[qc_types_seal]
eseal = OID:0.4.0.1862.1.6.2
CNF
} >> openssl.cnf

stamp() { date -u -d "$1" +%Y%m%d%H%M%SZ; }
key() { # NAME KIND
  case $2 in
    rsa:*) quiet openssl genpkey -algorithm RSA -pkeyopt "rsa_keygen_bits:${2#rsa:}" -out "$1.key" ;;
    ec:*) quiet openssl genpkey -algorithm EC -pkeyopt "ec_paramgen_curve:${2#ec:}" -pkeyopt ec_param_enc:named_curve -out "$1.key" ;;
  esac
}
self() { # NAME SUBJECT : a self-signed authority, older than what it issues
  quiet openssl req -new -key "$1.key" -subj "$2" -utf8 -out "$1.csr"
  quiet openssl ca -batch -notext -selfsign -name "ca_$1" -extensions ext_root -in "$1.csr" -out "$1.crt" \
    -startdate "$(stamp '-1000 days')" -enddate "$(stamp '+3650 days')"
  rm "$1.csr"
}
issue() { # CA NAME EXTENSIONS SUBJECT [FROM TO]
  quiet openssl req -new -key "$2.key" -subj "$4" -utf8 -out "$2.csr"
  quiet openssl ca -batch -notext -name "ca_$1" -extensions "ext_$3" -in "$2.csr" -out "$2.crt" \
    -startdate "$(stamp "${5:--2 days}")" -enddate "$(stamp "${6:-+1095 days}")"
  rm "$2.csr"
}

tsp_org='/C=FR/O=Prestataire TEST de confiance/2.5.4.97=NTRFR-000000000'
person='/C=FR/O=Cabinet TEST/2.5.4.97=NTRFR-111111111'
key root rsa:3072; self root '/C=FR/O=Paraphe TEST/CN=Racine TEST'
key tsp rsa:3072; issue root tsp tsp "$tsp_org/CN=AC Signature TEST" '-900 days' '+3000 days'
key unknown rsa:2048; self unknown '/C=FR/O=Inconnue TEST/CN=Autorité TEST sans rattachement'
key tls-ca ec:P-256; self tls-ca '/C=FR/O=Paraphe TEST/CN=AC TLS TEST'

signer() { # NAME KIND EXTENSIONS "GIVEN SURNAME" [FROM TO]
  key "$1" "$2"
  issue "${issuer:-tsp}" "$1" "$3" "$person/serialNumber=PNOFR-TEST-$1/SN=${4#* }/GN=${4%% *}/CN=$4 ($1)" "${@:5}"
}
signer rsa2048 rsa:2048 signer 'Claire Fontaine-Lemoël' # the auditor of the specimen forms
signer rsa3072 rsa:3072 signer 'Gaël Lœuillet'
signer p256 ec:P-256 signer 'Inès Çelik'
signer p384 ec:P-384 signer 'Zoé Lefèvre'
signer p521 ec:P-521 signer 'Théo Brûlé'
key seal ec:P-256; issue tsp seal seal "$person/CN=Cachet du Cabinet TEST"
signer expired rsa:2048 signer 'Alix Périmé' '-400 days' '-30 days'
signer not-yet-valid rsa:2048 signer 'Noé Futur' '+30 days' '+400 days'
signer revoked rsa:2048 signer 'Rémi Révoqué'
signer no-nonrep rsa:2048 no_nonrep 'Anaïs Authentification'
signer ca-signer rsa:2048 ca_signer 'Carole Autorité'
signer weak rsa:1024 signer 'Fanny Courte'
issuer=unknown signer unknown-issuer rsa:2048 unknown 'Igor Inconnu'

key tsa rsa:2048; issue tsp tsa tsa "$tsp_org/CN=Horodatage TEST"
key tsa-p256 ec:P-256; issue tsp tsa-p256 tsa "$tsp_org/CN=Horodatage TEST P-256"
key ocsp rsa:2048; issue tsp ocsp ocsp "$tsp_org/CN=OCSP TEST"
key server ec:P-256; issue tls-ca server server '/C=FR/O=Réception TEST/CN=localhost'
key server-wrong-name ec:P-256; issue tls-ca server-wrong-name wrong_name '/C=FR/O=Réception TEST/CN=autre.invalid'
key client ec:P-256; issue tls-ca client client '/C=FR/O=Cabinet TEST/CN=Dépôt TEST'
key client-expired ec:P-256; issue tls-ca client-expired client '/C=FR/O=Cabinet TEST/CN=Dépôt périmé' '-400 days' '-30 days'
key client-unknown ec:P-256; issue unknown client-unknown client '/C=FR/O=Autre TEST/CN=Dépôt inconnu'

quiet openssl ca -name ca_tsp -revoke revoked.crt -crl_reason keyCompromise
for ca in root tsp unknown; do
  quiet openssl ca -name "ca_$ca" -gencrl -out "crl/$ca.pem"
  quiet openssl crl -in "crl/$ca.pem" -outform DER -out "crl/$ca.crl"
  quiet openssl x509 -in "$ca.crt" -outform DER -out "aia/$ca.crt"
done

for crt in *.crt; do
  name=${crt%.crt}
  quiet openssl x509 -in "$crt" -outform DER -out "$name.der"
  case $name in
    root | unknown | tls-ca) cp "$crt" "$name-chain.pem" ;;
    unknown-issuer | client-unknown) cat "$crt" unknown.crt > "$name-chain.pem" ;;
    tsp) cat "$crt" root.crt > "$name-chain.pem" ;;
    server* | client | client-expired) cat "$crt" tls-ca.crt > "$name-chain.pem" ;;
    *) cat "$crt" tsp.crt root.crt > "$name-chain.pem" ;;
  esac
done
cp root.crt trust/root.crt

# For `openssl ts -reply`. The chain goes into the token, so that a reader needs the root only.
cat tsp.crt > tsa-extra.pem
echo 01 > tsa-serial
for unit in tsa tsa-p256; do
  cat > "$unit.cnf" <<CNF
[tsa]
default_tsa = unit
[unit]
dir = $dir
serial = $dir/tsa-serial
crypto_device = builtin
signer_cert = $dir/$unit.crt
certs = $dir/tsa-extra.pem
signer_key = $dir/$unit.key
signer_digest = sha256
default_policy = 0.4.0.2023.1.1
digests = sha256, sha384, sha512
accuracy = secs:1
ordering = no
tsa_name = no
ess_cert_id_chain = no
ess_cert_id_alg = sha256
CNF
done
printf '%s\n' "$url" > base-url
