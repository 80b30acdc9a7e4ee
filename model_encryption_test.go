package kmsfake_test

import (
	"bytes"
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"pgregory.net/rapid"

	"example.com/kmsfake"
)

var modelEncryptionCommands = []modelCommand{
	modelOperation("Encrypt", (*kmsfake.Fake).Encrypt, (*modelDraw).encrypt, (*modelCall).encrypt),
	modelOperation("Decrypt", (*kmsfake.Fake).Decrypt, (*modelDraw).decrypt, (*modelCall).decrypt),
	modelOperation("Decrypt", (*kmsfake.Fake).Decrypt, (*modelDraw).decrypt, (*modelCall).decrypt),
	modelOperation("ReEncrypt", (*kmsfake.Fake).ReEncrypt, (*modelDraw).reEncrypt, (*modelCall).reEncrypt),
}

// modelSealed is a ciphertext that the service gave. To the model it is a name for
// what was encrypted; nothing is known of its bytes.
type modelSealed struct {
	blob    []byte
	key     *modelKey
	context map[string]string
	secret  *modelSecret
}

// GoString is how a failing test's log shows a ciphertext that was drawn.
func (s *modelSealed) GoString() string { return fmt.Sprintf("%x under %s", s.blob[:8], s.key.id) }

// modelSecret is a plaintext. That of a data key that came without it is known
// once somebody has decrypted it; re-encrypted ciphertexts share it.
type modelSecret struct {
	size  int
	known []byte
}

// as is the plaintext, which the first answer that shows it tells.
func (s *modelSecret) as(shown []byte) []byte {
	if s.known == nil {
		s.known = make([]byte, s.size)
		if len(shown) == s.size {
			copy(s.known, shown)
		}
	}
	return slices.Clone(s.known)
}

// seal keeps a ciphertext that the fake made, if no other is the same.
func (c *modelCall) seal(k *modelKey, context map[string]string, secret *modelSecret, blob []byte) []byte {
	if s, _ := c.opened(blob); s != nil || len(blob) <= secret.size {
		return []byte("a new ciphertext")
	}
	c.sealed = append(c.sealed, &modelSealed{bytes.Clone(blob), k, maps.Clone(context), secret})
	return bytes.Clone(blob)
}

// opened finds what a ciphertext is of, and tells whether it is as it was. One of
// which the end was altered still says whose it is.
func (m *modelAWS) opened(blob []byte) (s *modelSealed, intact bool) {
	for _, s := range m.sealed {
		if n := len(s.blob) - 1; len(blob) == n+1 && bytes.Equal(blob[:n], s.blob[:n]) {
			return s, blob[n] == s.blob[n]
		}
	}
	return nil, false
}

var modelContexts = []map[string]string{nil, {}, {"tenant": "a"}, {"tenant": "b"}, {"tenant": "a", "name": "x"}, {"name": "x"}, {"tenanta": ""}}

func (d *modelDraw) context(label string) map[string]string {
	return maps.Clone(modelPick(d, label, modelContexts...))
}

func (d *modelDraw) algorithm(label string) types.EncryptionAlgorithmSpec {
	if d.oneIn(12, label+" does not fit") {
		return types.EncryptionAlgorithmSpecSm2pke
	}
	return modelPick(d, label, "", types.EncryptionAlgorithmSpecSymmetricDefault)
}

func (d *modelDraw) dryRun() *bool {
	if !d.oneIn(6, "DryRun is there") {
		return nil
	}
	return aws.Bool(rapid.Bool().Draw(d.T, "DryRun"))
}

func (d *modelDraw) dryRunModifiers() []types.DryRunModifierType {
	if !d.oneIn(12, "DryRunModifiers") {
		return nil
	}
	return []types.DryRunModifierType{types.DryRunModifierTypeIgnoreCiphertext}
}

// ciphertext draws a ciphertext, and a context that is mostly its own.
func (d *modelDraw) ciphertext() (blob []byte, context map[string]string) {
	if len(d.sealed) == 0 || d.oneIn(12, "not a ciphertext") {
		return modelPick(d, "blob", []byte("garbage"), make([]byte, 6144), nil, []byte{}, make([]byte, 6145)), nil
	}
	s := modelPick(d, "ciphertext", d.sealed...)
	blob, context = bytes.Clone(s.blob), maps.Clone(s.context)
	switch rapid.IntRange(0, 15).Draw(d.T, "alteration") {
	case 15:
		blob[len(blob)-1] ^= modelPick[byte](d, "bits", 1, 0x80, 0xff)
	case 14:
		blob = blob[:rapid.IntRange(1, len(blob)-1).Draw(d.T, "cut at")]
	case 13:
		blob = append(blob, 0)
	case 11, 12:
		context = d.context("another context")
	}
	return blob, context
}

// sourceKey names the key of a ciphertext, or another, or none.
func (d *modelDraw) sourceKey(blob []byte) *string {
	if s, _ := d.opened(blob); s != nil && d.oneIn(3, "its own key") {
		return aws.String(modelPick(d, "key of the ciphertext", s.key.id, s.key.arn()))
	}
	if d.oneIn(2, "a key") {
		return d.keyID("key")
	}
	return nil
}

func (d *modelDraw) encrypt() *kms.EncryptInput {
	return &kms.EncryptInput{
		KeyId: d.keyID("KeyId"),
		Plaintext: bytes.Clone(modelPick(d, "Plaintext",
			[]byte("a"), []byte("secret"), bytes.Repeat([]byte("x"), 4096), bytes.Repeat([]byte("x"), 4097), []byte{}, nil, []byte("zzz"))),
		EncryptionContext:   d.context("context"),
		EncryptionAlgorithm: d.algorithm("algorithm"),
		DryRun:              d.dryRun(),
	}
}

func (d *modelDraw) decrypt() *kms.DecryptInput {
	in := &kms.DecryptInput{EncryptionAlgorithm: d.algorithm("algorithm"), DryRun: d.dryRun(), DryRunModifiers: d.dryRunModifiers()}
	in.CiphertextBlob, in.EncryptionContext = d.ciphertext()
	in.KeyId = d.sourceKey(in.CiphertextBlob)
	return in
}

func (d *modelDraw) reEncrypt() *kms.ReEncryptInput {
	in := &kms.ReEncryptInput{
		DestinationKeyId:               d.keyID("DestinationKeyId"),
		DestinationEncryptionContext:   d.context("destination context"),
		DestinationEncryptionAlgorithm: d.algorithm("destination algorithm"),
		SourceEncryptionAlgorithm:      d.algorithm("source algorithm"),
		DryRun:                         d.dryRun(),
		DryRunModifiers:                d.dryRunModifiers(),
	}
	in.CiphertextBlob, in.SourceEncryptionContext = d.ciphertext()
	in.SourceKeyId = d.sourceKey(in.CiphertextBlob)
	return in
}

// usable finds a key that can encrypt or decrypt: there, in a state for it, of the
// usage for it.
func (c *modelCall) usable(keyID, action string) (*modelKey, *modelRefusal) {
	k, refusal := c.findFor(keyID, action)
	if refusal != nil {
		return nil, refusal
	}
	if refusal := c.inState(k); refusal != nil {
		return nil, refusal
	}
	if k.usage != types.KeyUsageTypeEncryptDecrypt {
		return nil, modelRefuse("InvalidKeyUsageException", "%s key usage is %s which is not valid for %s.", k.arn(), k.usage, c.operation)
	}
	return k, nil
}

// fits refuses an algorithm that the key does not have. The default is that of
// symmetric keys.
func (k *modelKey) fits(algorithm types.EncryptionAlgorithmSpec) *modelRefusal {
	if algorithm == "" {
		algorithm = types.EncryptionAlgorithmSpecSymmetricDefault
	}
	if !slices.Contains(modelEncryption[k.spec], algorithm) {
		return modelRefuse("InvalidKeyUsageException", "Algorithm %s is incompatible with key spec %s.", algorithm, k.spec)
	}
	return nil
}

func (c *modelCall) dryRun(wanted *bool) *modelRefusal {
	if aws.ToBool(wanted) {
		return modelRefuse("DryRunOperationException", "The request would have succeeded, but the DryRun option is set.")
	}
	return nil
}

func (c *modelCall) encrypt(in *kms.EncryptInput, got *kms.EncryptOutput) (*kms.EncryptOutput, *modelRefusal) {
	c.checks.required("KeyId", in.KeyId != nil)
	c.checks.required("Plaintext", in.Plaintext != nil)
	c.checks.keyID("keyId", in.KeyId)
	c.checks.size("plaintext", in.Plaintext, 1, 4096)
	if refusal := c.checked(); refusal != nil {
		return nil, refusal
	}
	k, refusal := c.usable(*in.KeyId, "kms:Encrypt")
	if refusal != nil {
		return nil, refusal
	}
	if refusal := k.fits(in.EncryptionAlgorithm); refusal != nil {
		return nil, refusal
	}
	if refusal := c.dryRun(in.DryRun); refusal != nil {
		return nil, refusal
	}
	out := &kms.EncryptOutput{KeyId: aws.String(k.arn()), EncryptionAlgorithm: types.EncryptionAlgorithmSpecSymmetricDefault}
	if got != nil {
		secret := &modelSecret{len(in.Plaintext), bytes.Clone(in.Plaintext)}
		out.CiphertextBlob = c.seal(k, in.EncryptionContext, secret, got.CiphertextBlob)
	}
	return out, nil
}

// modelSource is a ciphertext and what a request says of it.
type modelSource struct {
	blob      []byte
	key       *string
	algorithm types.EncryptionAlgorithmSpec
	context   map[string]string
	action    string
	ignored   bool // a dry run that does not look at the ciphertext
}

// open finds the key of a ciphertext, and what is in it.
func (c *modelCall) open(in modelSource) (*modelKey, *modelSecret, *modelRefusal) {
	symmetric := in.algorithm == "" || in.algorithm == types.EncryptionAlgorithmSpecSymmetricDefault
	s, intact := c.opened(in.blob)
	var k *modelKey
	switch {
	case in.blob == nil && !in.ignored:
		return nil, nil, modelRefuseSomehow("ValidationException")
	case in.key != nil:
		var refusal *modelRefusal
		if k, refusal = c.usable(*in.key, in.action); refusal != nil {
			return nil, nil, refusal
		}
		if symmetric && s == nil && !in.ignored { // it is read before the key's algorithms are
			return nil, nil, modelRefuse("InvalidCiphertextException", "")
		}
		if refusal := k.fits(in.algorithm); refusal != nil {
			return nil, nil, refusal
		}
	case in.ignored || !symmetric: // only a symmetric ciphertext tells its key
		return nil, nil, modelRefuseSomehow("ValidationException")
	case s != nil:
		if k = c.store().key(s.key.id); k == nil {
			return nil, nil, modelRefuse("AccessDeniedException",
				"The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.")
		}
		if refusal := c.inState(k); refusal != nil {
			return nil, nil, refusal
		}
	}
	switch {
	case in.ignored:
		return k, nil, nil
	case s == nil:
		return nil, nil, modelRefuse("InvalidCiphertextException", "")
	case s.key != k:
		return nil, nil, modelRefuse("IncorrectKeyException", "The key ID in the request does not identify a CMK that can perform this operation.")
	case !intact || !maps.Equal(s.context, in.context):
		return nil, nil, modelRefuse("InvalidCiphertextException", "")
	}
	return k, s.secret, nil
}

func (c *modelCall) decrypt(in *kms.DecryptInput, got *kms.DecryptOutput) (*kms.DecryptOutput, *modelRefusal) {
	c.checks.size("ciphertextBlob", in.CiphertextBlob, 1, 6144)
	c.checks.keyID("keyId", in.KeyId)
	if refusal := c.checked(); refusal != nil {
		return nil, refusal
	}
	k, secret, refusal := c.open(modelSource{
		in.CiphertextBlob, in.KeyId, in.EncryptionAlgorithm, in.EncryptionContext, "kms:Decrypt", aws.ToBool(in.DryRun) && in.DryRunModifiers != nil,
	})
	if refusal != nil {
		return nil, refusal
	}
	if refusal := c.dryRun(in.DryRun); refusal != nil {
		return nil, refusal
	}
	out := &kms.DecryptOutput{
		KeyId: aws.String(k.arn()), EncryptionAlgorithm: types.EncryptionAlgorithmSpecSymmetricDefault, KeyMaterialId: &k.material,
	}
	if got != nil {
		out.Plaintext = secret.as(got.Plaintext)
	}
	return out, nil
}

func (c *modelCall) reEncrypt(in *kms.ReEncryptInput, got *kms.ReEncryptOutput) (*kms.ReEncryptOutput, *modelRefusal) {
	c.checks.required("DestinationKeyId", in.DestinationKeyId != nil)
	c.checks.size("ciphertextBlob", in.CiphertextBlob, 1, 6144)
	c.checks.keyID("sourceKeyId", in.SourceKeyId)
	c.checks.keyID("destinationKeyId", in.DestinationKeyId)
	if refusal := c.checked(); refusal != nil {
		return nil, refusal
	}
	from, secret, refusal := c.open(modelSource{
		in.CiphertextBlob, in.SourceKeyId, in.SourceEncryptionAlgorithm, in.SourceEncryptionContext, "kms:ReEncryptFrom",
		aws.ToBool(in.DryRun) && in.DryRunModifiers != nil,
	})
	if refusal != nil {
		return nil, refusal
	}
	to, refusal := c.usable(*in.DestinationKeyId, "kms:ReEncryptTo")
	if refusal != nil {
		return nil, refusal
	}
	if refusal := to.fits(in.DestinationEncryptionAlgorithm); refusal != nil {
		return nil, refusal
	}
	if refusal := c.dryRun(in.DryRun); refusal != nil {
		return nil, refusal
	}
	out := &kms.ReEncryptOutput{
		KeyId: aws.String(to.arn()), DestinationEncryptionAlgorithm: types.EncryptionAlgorithmSpecSymmetricDefault, DestinationKeyMaterialId: &to.material,
		SourceKeyId: aws.String(from.arn()), SourceEncryptionAlgorithm: types.EncryptionAlgorithmSpecSymmetricDefault, SourceKeyMaterialId: &from.material,
	}
	if got != nil {
		out.CiphertextBlob = c.seal(to, in.DestinationEncryptionContext, secret, got.CiphertextBlob)
	}
	return out, nil
}
