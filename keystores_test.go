package kmsfake_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake"
)

// connected is longer than any connection takes.
const connected = 20 * time.Minute

func ksCloudHSM(name, cluster string) *kms.CreateCustomKeyStoreInput {
	return &kms.CreateCustomKeyStoreInput{
		CustomKeyStoreName: &name, CloudHsmClusterId: &cluster,
		KeyStorePassword: aws.String("kmsPswd"), TrustAnchorCertificate: aws.String("<certificate-goes-here>"),
	}
}

func ksCredential() *types.XksProxyAuthenticationCredentialType {
	return &types.XksProxyAuthenticationCredentialType{
		AccessKeyId: aws.String("ABCDE23456EXAMPLE234"), RawSecretAccessKey: aws.String(strings.Repeat("secret1", 7)),
	}
}

func ksPublic(name, endpoint, path string) *kms.CreateCustomKeyStoreInput {
	return &kms.CreateCustomKeyStoreInput{
		CustomKeyStoreName: &name, CustomKeyStoreType: types.CustomKeyStoreTypeExternalKeyStore,
		XksProxyConnectivity: types.XksProxyConnectivityTypePublicEndpoint, XksProxyAuthenticationCredential: ksCredential(),
		XksProxyUriEndpoint: &endpoint, XksProxyUriPath: &path,
	}
}

func ksVPC(name, endpoint, path, service string) *kms.CreateCustomKeyStoreInput {
	in := ksPublic(name, endpoint, path)
	in.XksProxyConnectivity, in.XksProxyVpcEndpointServiceName = types.XksProxyConnectivityTypeVpcEndpointService, &service
	return in
}

const (
	ksEndpoint     = "https://myproxy.xks.example.com"
	ksEndpoint2    = "https://otherproxy.xks.example.com"
	ksPath         = "/kms/xks/v1"
	ksService      = "com.amazonaws.vpce.us-east-1.vpce-svc-example1"
	ksService2     = "com.amazonaws.vpce.us-east-1.vpce-svc-example2"
	ksUnknownStore = "cks-1234567890abcdef0"
)

func ksNew(t testing.TB, f *kmsfake.Fake, in *kms.CreateCustomKeyStoreInput) string {
	t.Helper()
	return *got(f.CreateCustomKeyStore(t.Context(), in)).ok(t).CustomKeyStoreId
}

func ksConnect(t testing.TB, f *kmsfake.Fake, id string) (*kms.ConnectCustomKeyStoreOutput, error) {
	return f.ConnectCustomKeyStore(t.Context(), &kms.ConnectCustomKeyStoreInput{CustomKeyStoreId: &id})
}

func ksDisconnect(t testing.TB, f *kmsfake.Fake, id string) (*kms.DisconnectCustomKeyStoreOutput, error) {
	return f.DisconnectCustomKeyStore(t.Context(), &kms.DisconnectCustomKeyStoreInput{CustomKeyStoreId: &id})
}

func ksDelete(t testing.TB, f *kmsfake.Fake, id string) (*kms.DeleteCustomKeyStoreOutput, error) {
	return f.DeleteCustomKeyStore(t.Context(), &kms.DeleteCustomKeyStoreInput{CustomKeyStoreId: &id})
}

func ksEntry(t testing.TB, f *kmsfake.Fake, id string) types.CustomKeyStoresListEntry {
	t.Helper()
	out := got(f.DescribeCustomKeyStores(t.Context(), &kms.DescribeCustomKeyStoresInput{CustomKeyStoreId: &id})).ok(t)
	if len(out.CustomKeyStores) != 1 || out.Truncated || out.NextMarker != nil {
		t.Fatalf("%+v", out)
	}
	return out.CustomKeyStores[0]
}

func ksState(t testing.TB, f *kmsfake.Fake, id string, want types.ConnectionStateType) {
	t.Helper()
	if have := ksEntry(t, f, id).ConnectionState; have != want {
		t.Errorf("the connection state is %s, want %s", have, want)
	}
}

// ksConnected makes a custom key store that is connected.
func ksConnected(t testing.TB, f *kmsfake.Fake, in *kms.CreateCustomKeyStoreInput) string {
	t.Helper()
	id := ksNew(t, f, in)
	got(ksConnect(t, f, id)).ok(t)
	f.Advance(connected)
	ksState(t, f, id, types.ConnectionStateTypeConnected)
	return id
}

func ksKey(t testing.TB, f *kmsfake.Fake, store string) (*kms.CreateKeyOutput, error) {
	return f.CreateKey(t.Context(), &kms.CreateKeyInput{Origin: types.OriginTypeAwsCloudhsm, CustomKeyStoreId: &store})
}

func ksExternalKey(t testing.TB, f *kmsfake.Fake, store, external string) (*kms.CreateKeyOutput, error) {
	return f.CreateKey(t.Context(), &kms.CreateKeyInput{Origin: types.OriginTypeExternalKeyStore, CustomKeyStoreId: &store, XksKeyId: &external})
}

func TestCustomKeyStoresAreDescribed(t *testing.T) {
	t.Parallel()
	f := newFake()
	out := got(f.DescribeCustomKeyStores(t.Context(), &kms.DescribeCustomKeyStoresInput{})).ok(t)
	equal(t, "none", *out, kms.DescribeCustomKeyStoresOutput{CustomKeyStores: []types.CustomKeyStoresListEntry{}})

	hsm := ksNew(t, f, ksCloudHSM("ExampleKeyStore", "cluster-abcdefghijk"))
	f.Advance(time.Second)
	public := ksNew(t, f, ksPublic("public", ksEndpoint, ksPath))
	vpc := ksVPC("vpc", ksEndpoint2, "/prefix"+ksPath, ksService)
	private := ksNew(t, f, vpc)
	vpc = ksVPC("owned", "https://third.example.com", ksPath, ksService2)
	vpc.XksProxyVpcEndpointServiceOwner = aws.String(otherAccount)
	owned := ksNew(t, f, vpc)
	later := startMS.Add(time.Second)
	for _, id := range []string{hsm, public, private, owned} {
		if !regexp.MustCompile(`^cks-[0-9a-f]{17}$`).MatchString(id) {
			t.Errorf("custom key store id %q", id)
		}
	}

	proxy := func(connectivity types.XksProxyConnectivityType, endpoint, path string) *types.XksProxyConfigurationType {
		return &types.XksProxyConfigurationType{
			AccessKeyId: ksCredential().AccessKeyId, Connectivity: connectivity, UriEndpoint: &endpoint, UriPath: &path,
		}
	}
	byVPC := proxy(types.XksProxyConnectivityTypeVpcEndpointService, ksEndpoint2, "/prefix"+ksPath)
	byVPC.VpcEndpointServiceName, byVPC.VpcEndpointServiceOwner = aws.String(ksService), aws.String(account)
	byOther := proxy(types.XksProxyConnectivityTypeVpcEndpointService, "https://third.example.com", ksPath)
	byOther.VpcEndpointServiceName, byOther.VpcEndpointServiceOwner = aws.String(ksService2), aws.String(otherAccount)
	want := []types.CustomKeyStoresListEntry{
		{
			CustomKeyStoreId: &hsm, CustomKeyStoreName: aws.String("ExampleKeyStore"), CustomKeyStoreType: types.CustomKeyStoreTypeAwsCloudhsm,
			CloudHsmClusterId: aws.String("cluster-abcdefghijk"), TrustAnchorCertificate: aws.String("<certificate-goes-here>"),
			ConnectionState: types.ConnectionStateTypeDisconnected, CreationDate: &startMS,
		},
		{
			CustomKeyStoreId: &public, CustomKeyStoreName: aws.String("public"), CustomKeyStoreType: types.CustomKeyStoreTypeExternalKeyStore,
			XksProxyConfiguration: proxy(types.XksProxyConnectivityTypePublicEndpoint, ksEndpoint, ksPath),
			ConnectionState:       types.ConnectionStateTypeDisconnected, CreationDate: &later,
		},
		{
			CustomKeyStoreId: &private, CustomKeyStoreName: aws.String("vpc"), CustomKeyStoreType: types.CustomKeyStoreTypeExternalKeyStore,
			XksProxyConfiguration: byVPC, ConnectionState: types.ConnectionStateTypeDisconnected, CreationDate: &later,
		},
		{
			CustomKeyStoreId: &owned, CustomKeyStoreName: aws.String("owned"), CustomKeyStoreType: types.CustomKeyStoreTypeExternalKeyStore,
			XksProxyConfiguration: byOther, ConnectionState: types.ConnectionStateTypeDisconnected, CreationDate: &later,
		},
	}
	for _, entry := range want {
		equal(t, *entry.CustomKeyStoreName, ksEntry(t, f, *entry.CustomKeyStoreId), entry)
		byName := got(f.DescribeCustomKeyStores(t.Context(), &kms.DescribeCustomKeyStoresInput{CustomKeyStoreName: entry.CustomKeyStoreName})).ok(t)
		equal(t, *entry.CustomKeyStoreName, byName.CustomKeyStores, []types.CustomKeyStoresListEntry{entry})
		*byName.CustomKeyStores[0].CustomKeyStoreName = "changed" // the answer is the caller's own
	}
	slices.SortFunc(want, func(a, b types.CustomKeyStoresListEntry) int {
		return strings.Compare(*a.CustomKeyStoreId, *b.CustomKeyStoreId)
	})
	var paged []types.CustomKeyStoresListEntry
	pages := kms.NewDescribeCustomKeyStoresPaginator(f, &kms.DescribeCustomKeyStoresInput{Limit: aws.Int32(3)})
	for pages.HasMorePages() {
		page := got(pages.NextPage(t.Context())).ok(t).CustomKeyStores
		if len(page) > 3 {
			t.Errorf("%d on a page of 3", len(page))
		}
		paged = append(paged, page...)
	}
	equal(t, "pages", paged, want)

	// They are those of the account and Region.
	for _, other := range []*kmsfake.Fake{f.InRegion(otherRegion), f.InAccount(otherAccount)} {
		out := got(other.DescribeCustomKeyStores(t.Context(), &kms.DescribeCustomKeyStoresInput{})).ok(t)
		if len(out.CustomKeyStores) != 0 {
			t.Errorf("%d custom key stores elsewhere", len(out.CustomKeyStores))
		}
		got(ksConnect(t, other, hsm)).failsWith(t, "CustomKeyStoreNotFoundException")
	}
	for _, in := range []*kms.DescribeCustomKeyStoresInput{
		{CustomKeyStoreId: aws.String(ksUnknownStore)}, {CustomKeyStoreName: aws.String("none")},
	} {
		got(f.DescribeCustomKeyStores(t.Context(), in)).failsWith(t, "CustomKeyStoreNotFoundException")
	}
	both := &kms.DescribeCustomKeyStoresInput{CustomKeyStoreId: &hsm, CustomKeyStoreName: aws.String("ExampleKeyStore")}
	got(f.DescribeCustomKeyStores(t.Context(), both)).failsWith(t, "ValidationException")
	got(f.DescribeCustomKeyStores(t.Context(), &kms.DescribeCustomKeyStoresInput{Marker: aws.String("x")})).failsWith(t, "InvalidMarkerException")
	if strings.Contains(dump(f), "secret1") || strings.Contains(dump(f), "kmsPswd") {
		t.Error("the dump tells a secret")
	}
}

func TestCreateCustomKeyStoreMembers(t *testing.T) {
	t.Parallel()
	f := newFake()
	hsm := func() *kms.CreateCustomKeyStoreInput { return ksCloudHSM("a", "cluster-abcdefghijk") }
	public := func() *kms.CreateCustomKeyStoreInput { return ksPublic("a", ksEndpoint, ksPath) }
	vpc := func() *kms.CreateCustomKeyStoreInput { return ksVPC("a", ksEndpoint, ksPath, ksService) }
	for what, c := range map[string]struct {
		of     func() *kms.CreateCustomKeyStoreInput
		change func(in *kms.CreateCustomKeyStoreInput)
	}{
		"no cluster":              {hsm, func(in *kms.CreateCustomKeyStoreInput) { in.CloudHsmClusterId = nil }},
		"no password":             {hsm, func(in *kms.CreateCustomKeyStoreInput) { in.KeyStorePassword = nil }},
		"no certificate":          {hsm, func(in *kms.CreateCustomKeyStoreInput) { in.TrustAnchorCertificate = nil }},
		"password too short":      {hsm, func(in *kms.CreateCustomKeyStoreInput) { in.KeyStorePassword = aws.String("secret") }},
		"cluster with endpoint":   {hsm, func(in *kms.CreateCustomKeyStoreInput) { in.XksProxyUriEndpoint = aws.String(ksEndpoint) }},
		"cluster with credential": {hsm, func(in *kms.CreateCustomKeyStoreInput) { in.XksProxyAuthenticationCredential = ksCredential() }},
		"no endpoint":             {public, func(in *kms.CreateCustomKeyStoreInput) { in.XksProxyUriEndpoint = nil }},
		"http": {public, func(in *kms.CreateCustomKeyStoreInput) {
			in.XksProxyUriEndpoint = aws.String("http://myproxy.example.com")
		}},
		"no path":                {public, func(in *kms.CreateCustomKeyStoreInput) { in.XksProxyUriPath = nil }},
		"bad path":               {public, func(in *kms.CreateCustomKeyStoreInput) { in.XksProxyUriPath = aws.String("/kms/xks/version1") }},
		"no connectivity":        {public, func(in *kms.CreateCustomKeyStoreInput) { in.XksProxyConnectivity = "" }},
		"no credential":          {public, func(in *kms.CreateCustomKeyStoreInput) { in.XksProxyAuthenticationCredential = nil }},
		"external with cluster":  {public, func(in *kms.CreateCustomKeyStoreInput) { in.CloudHsmClusterId = aws.String("cluster-abcdefghijk") }},
		"external with password": {public, func(in *kms.CreateCustomKeyStoreInput) { in.KeyStorePassword = aws.String("kmsPswd") }},
		"public with service":    {public, func(in *kms.CreateCustomKeyStoreInput) { in.XksProxyVpcEndpointServiceName = aws.String(ksService) }},
		"public with owner":      {public, func(in *kms.CreateCustomKeyStoreInput) { in.XksProxyVpcEndpointServiceOwner = aws.String(account) }},
		"no service":             {vpc, func(in *kms.CreateCustomKeyStoreInput) { in.XksProxyVpcEndpointServiceName = nil }},
	} {
		unchanged(t, f, func() {
			in := c.of()
			c.change(in)
			got(f.CreateCustomKeyStore(t.Context(), in)).failsWith(t, "ValidationException")
		})
		if t.Failed() {
			t.Fatal(what)
		}
	}
	for _, of := range []func() *kms.CreateCustomKeyStoreInput{hsm, public, vpc} {
		id := ksNew(t, f, of())
		got(ksDelete(t, f, id)).ok(t)
	}
}

// What no two custom key stores of an account and Region share.
func TestCustomKeyStoresAreUnlike(t *testing.T) {
	t.Parallel()
	f := newFake()
	ksNew(t, f, ksCloudHSM("hsm", "cluster-abcdefghijk"))
	ksNew(t, f, ksPublic("public", ksEndpoint, ksPath))
	ksNew(t, f, ksVPC("vpc", ksEndpoint2, ksPath, ksService))
	for _, c := range []struct {
		in   *kms.CreateCustomKeyStoreInput
		code string
	}{
		{ksCloudHSM("hsm", "cluster-bbcdefghijk"), "CustomKeyStoreNameInUseException"},
		{ksCloudHSM("vpc", "cluster-bbcdefghijk"), "CustomKeyStoreNameInUseException"},
		{ksPublic("hsm", ksEndpoint, "/other"+ksPath), "CustomKeyStoreNameInUseException"},
		{ksCloudHSM("new", "cluster-abcdefghijk"), "CloudHsmClusterInUseException"},
		{ksPublic("new", ksEndpoint, ksPath), "XksProxyUriInUseException"},
		{ksVPC("new", ksEndpoint2, ksPath, ksService2), "XksProxyUriInUseException"},
		{ksVPC("new", ksEndpoint, "/other"+ksPath, ksService2), "XksProxyUriEndpointInUseException"},
		{ksPublic("new", ksEndpoint2, "/other"+ksPath), "XksProxyUriEndpointInUseException"},
		{ksVPC("new", ksEndpoint2, "/other"+ksPath, ksService2), "XksProxyUriEndpointInUseException"},
		{ksVPC("new", "https://third.example.com", ksPath, ksService), "XksProxyVpcEndpointServiceInUseException"},
	} {
		unchanged(t, f, func() { got(f.CreateCustomKeyStore(t.Context(), c.in)).failsWith(t, c.code) })
	}
	// A cluster is in one Region, and has one custom key store in all of the account.
	got(f.InRegion(otherRegion).CreateCustomKeyStore(t.Context(), ksCloudHSM("new", "cluster-abcdefghijk"))).failsWith(t, "CloudHsmClusterInUseException")
	// Two with public endpoints share one under unlike paths.
	ksNew(t, f, ksPublic("new", ksEndpoint, "/other"+ksPath))
	for _, other := range []*kmsfake.Fake{f.InRegion(otherRegion), f.InAccount(otherAccount)} {
		ksNew(t, other, ksPublic("public", ksEndpoint, ksPath))
	}
}

func TestQuotaOfCustomKeyStores(t *testing.T) {
	t.Parallel()
	f := newFake()
	var ids []string
	for i := range 10 {
		ids = append(ids, ksNew(t, f, ksCloudHSM(fmt.Sprint("store", i), "cluster-abcdefghij"+string(rune('a'+i)))))
	}
	unchanged(t, f, func() {
		got(f.CreateCustomKeyStore(t.Context(), ksPublic("eleventh", ksEndpoint, ksPath))).failsWith(t, "LimitExceededException")
	})
	got(ksDelete(t, f, ids[3])).ok(t)
	ksNew(t, f, ksPublic("eleventh", ksEndpoint, ksPath))
}

// The conditions under which CustomKeyStoreInvalidStateException is thrown, as its
// documentation has them.
func TestConnectionStates(t *testing.T) {
	t.Parallel()
	reach := map[types.ConnectionStateType]func(t *testing.T, f *kmsfake.Fake, id string){
		types.ConnectionStateTypeDisconnected: func(*testing.T, *kmsfake.Fake, string) {},
		types.ConnectionStateTypeConnecting: func(t *testing.T, f *kmsfake.Fake, id string) {
			got(ksConnect(t, f, id)).ok(t)
		},
		types.ConnectionStateTypeConnected: func(t *testing.T, f *kmsfake.Fake, id string) {
			got(ksConnect(t, f, id)).ok(t)
			f.Advance(connected)
		},
		types.ConnectionStateTypeFailed: func(t *testing.T, f *kmsfake.Fake, id string) {
			fault := f.Inject(kmsfake.Fault{Operation: "ConnectCustomKeyStore", Error: kmsfake.ConnectionFailure(types.ConnectionErrorCodeTypeNetworkErrors)})
			got(ksConnect(t, f, id)).ok(t)
			f.Advance(connected)
			fault.Remove()
		},
		types.ConnectionStateTypeDisconnecting: func(t *testing.T, f *kmsfake.Fake, id string) {
			got(ksConnect(t, f, id)).ok(t)
			f.Advance(connected)
			got(ksDisconnect(t, f, id)).ok(t)
		},
	}
	works := map[string]struct {
		call func(t *testing.T, f *kmsfake.Fake, id string) error
		in   []types.ConnectionStateType
	}{
		"ConnectCustomKeyStore": {func(t *testing.T, f *kmsfake.Fake, id string) error {
			_, err := ksConnect(t, f, id)
			return err
		}, []types.ConnectionStateType{"CONNECTED", "CONNECTING", "DISCONNECTED"}},
		"DisconnectCustomKeyStore": {func(t *testing.T, f *kmsfake.Fake, id string) error {
			_, err := ksDisconnect(t, f, id)
			return err
		}, []types.ConnectionStateType{"CONNECTED", "CONNECTING", "FAILED"}},
		"DeleteCustomKeyStore": {func(t *testing.T, f *kmsfake.Fake, id string) error {
			_, err := ksDelete(t, f, id)
			return err
		}, []types.ConnectionStateType{"DISCONNECTED"}},
		"CreateKey": {func(t *testing.T, f *kmsfake.Fake, id string) error {
			_, err := ksKey(t, f, id)
			return err
		}, []types.ConnectionStateType{"CONNECTED"}},
		"GenerateRandom": {func(t *testing.T, f *kmsfake.Fake, id string) error {
			_, err := f.GenerateRandom(t.Context(), &kms.GenerateRandomInput{NumberOfBytes: aws.Int32(16), CustomKeyStoreId: &id})
			return err
		}, []types.ConnectionStateType{"CONNECTED"}},
		"UpdateCustomKeyStore": {func(t *testing.T, f *kmsfake.Fake, id string) error {
			_, err := f.UpdateCustomKeyStore(t.Context(), &kms.UpdateCustomKeyStoreInput{CustomKeyStoreId: &id, KeyStorePassword: aws.String("ExamplePassword")})
			return err
		}, []types.ConnectionStateType{"DISCONNECTED"}},
		"UpdateCustomKeyStore name": {func(t *testing.T, f *kmsfake.Fake, id string) error {
			_, err := f.UpdateCustomKeyStore(t.Context(), &kms.UpdateCustomKeyStoreInput{CustomKeyStoreId: &id, NewCustomKeyStoreName: aws.String("DevelopmentKeys")})
			return err
		}, []types.ConnectionStateType{"CONNECTED", "DISCONNECTED"}},
	}
	for _, state := range types.ConnectionStateType("").Values() {
		for name, op := range works {
			t.Run(string(state)+"/"+name, func(t *testing.T) {
				t.Parallel()
				f := newFake()
				id := ksNew(t, f, ksCloudHSM("ExampleKeyStore", "cluster-abcdefghijk"))
				reach[state](t, f, id)
				ksState(t, f, id, state)
				if slices.Contains(op.in, state) {
					if err := op.call(t, f, id); err != nil {
						t.Error(err)
					}
					return
				}
				unchanged(t, f, func() {
					operation, _, _ := strings.Cut(name, " ")
					err := op.call(t, f, id)
					if err == nil {
						t.Fatal("no error")
					}
					checkError(t, operation, err, "CustomKeyStoreInvalidStateException",
						"The connection state of custom key store "+id+" is "+string(state)+" which is not valid for this operation.")
				})
			})
		}
	}
}

// Every operation on a custom key store that is none says so.
func TestUnknownCustomKeyStore(t *testing.T) {
	t.Parallel()
	f := newFake()
	unchanged(t, f, func() {
		got(ksConnect(t, f, ksUnknownStore)).failsWith(t, "CustomKeyStoreNotFoundException")
		got(ksDisconnect(t, f, ksUnknownStore)).failsWith(t, "CustomKeyStoreNotFoundException")
		got(ksDelete(t, f, ksUnknownStore)).failsWith(t, "CustomKeyStoreNotFoundException")
		got(f.UpdateCustomKeyStore(t.Context(), &kms.UpdateCustomKeyStoreInput{CustomKeyStoreId: aws.String(ksUnknownStore)})).failsWith(t, "CustomKeyStoreNotFoundException")
		got(f.GenerateRandom(t.Context(), &kms.GenerateRandomInput{NumberOfBytes: aws.Int32(1), CustomKeyStoreId: aws.String(ksUnknownStore)})).failsWith(t, "CustomKeyStoreNotFoundException")
		got(ksKey(t, f, ksUnknownStore)).failsWith(t, "CustomKeyStoreNotFoundException")
	})
}

// A connection fails with any code that a fault gives; what mends it in AWS mends
// it here.
func TestConnectionFailures(t *testing.T) {
	t.Parallel()
	for _, code := range types.ConnectionErrorCodeType("").Values() {
		f := newFake()
		id := ksNew(t, f, ksCloudHSM("ExampleKeyStore", "cluster-abcdefghijk"))
		fault := f.Inject(kmsfake.Fault{Operation: "ConnectCustomKeyStore", Times: 1, Error: kmsfake.ConnectionFailure(code)})
		got(ksConnect(t, f, id)).ok(t)
		if e := ksEntry(t, f, id); e.ConnectionState != types.ConnectionStateTypeConnecting || e.ConnectionErrorCode != "" {
			t.Errorf("%s: at first %s, %s", code, e.ConnectionState, e.ConnectionErrorCode)
		}
		f.Advance(connected)
		if e := ksEntry(t, f, id); e.ConnectionState != types.ConnectionStateTypeFailed || e.ConnectionErrorCode != code {
			t.Errorf("%s: then %s, %s", code, e.ConnectionState, e.ConnectionErrorCode)
		}
		if fault.Fired() != 1 {
			t.Errorf("%s: the fault fired %d times", code, fault.Fired())
		}
		got(ksDisconnect(t, f, id)).ok(t)
		f.Advance(connected)
		if e := ksEntry(t, f, id); e.ConnectionState != types.ConnectionStateTypeDisconnected || e.ConnectionErrorCode != "" {
			t.Errorf("%s: after disconnecting %s, %s", code, e.ConnectionState, e.ConnectionErrorCode)
		}
		got(ksConnect(t, f, id)).ok(t)
		f.Advance(connected)
		ksState(t, f, id, types.ConnectionStateTypeConnected)
	}
}

func TestConnectionFailureFaults(t *testing.T) {
	t.Parallel()
	faults, err := kmsfake.ReadFaults(strings.NewReader(`[{"operation": "ConnectCustomKeyStore", "error": "CLUSTER_NOT_FOUND"}]`))
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "faults", faults, []kmsfake.Fault{{Operation: "ConnectCustomKeyStore", Error: kmsfake.ConnectionFailure(types.ConnectionErrorCodeTypeClusterNotFound)}})
	f := newFake(kmsfake.WithFaults(faults...))
	var written strings.Builder
	if err := f.WriteFaults(&written); err != nil {
		t.Fatal(err)
	}
	again, err := kmsfake.ReadFaults(strings.NewReader(written.String()))
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "written and read", again, faults)
	for text, want := range map[string]string{
		`{"operation": "ConnectCustomKeyStore", "error": "CLUSTER_NOT_FOUN"}`:                   "CLUSTER_NOT_FOUND",
		`{"operation": "CreateKey", "error": "CLUSTER_NOT_FOUND"}`:                              "CreateKey makes no connection",
		`{"operation": "ConnectCustomKeyStore", "error": "CLUSTER_NOT_FOUND", "applied": true}`: "Applied",
		`{"operation": "ConnectCustomKeyStore", "error": "CLUSTER_NOT_FOUND", "message": "a"}`:  "CLUSTER_NOT_FOUND",
	} {
		if _, err := kmsfake.ReadFaults(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

func TestUpdateCustomKeyStore(t *testing.T) {
	t.Parallel()
	f := newFake()
	hsm := ksNew(t, f, ksCloudHSM("hsm", "cluster-abcdefghijk"))
	other := ksNew(t, f, ksCloudHSM("other", "cluster-bbcdefghijk"))
	public := ksNew(t, f, ksPublic("public", ksEndpoint, ksPath))
	update := func(id string, in kms.UpdateCustomKeyStoreInput) result[kms.UpdateCustomKeyStoreOutput] {
		in.CustomKeyStoreId = &id
		return got(f.UpdateCustomKeyStore(t.Context(), &in))
	}
	update(hsm, kms.UpdateCustomKeyStoreInput{CloudHsmClusterId: aws.String("cluster-cbcdefghijk"), NewCustomKeyStoreName: aws.String("renamed")}).ok(t)
	if e := ksEntry(t, f, hsm); *e.CloudHsmClusterId != "cluster-cbcdefghijk" || *e.CustomKeyStoreName != "renamed" {
		t.Errorf("%s, %s", *e.CloudHsmClusterId, *e.CustomKeyStoreName)
	}
	// What is its own already is no other's.
	update(hsm, kms.UpdateCustomKeyStoreInput{NewCustomKeyStoreName: aws.String("renamed"), CloudHsmClusterId: aws.String("cluster-cbcdefghijk")}).ok(t)
	update(public, kms.UpdateCustomKeyStoreInput{XksProxyUriEndpoint: aws.String(ksEndpoint), XksProxyUriPath: aws.String(ksPath)}).ok(t)
	vpc := types.XksProxyConnectivityTypeVpcEndpointService
	unchanged(t, f, func() {
		update(hsm, kms.UpdateCustomKeyStoreInput{NewCustomKeyStoreName: aws.String("other")}).failsWith(t, "CustomKeyStoreNameInUseException")
		update(hsm, kms.UpdateCustomKeyStoreInput{CloudHsmClusterId: aws.String("cluster-bbcdefghijk")}).failsWith(t, "CloudHsmClusterNotRelatedException")
		update(hsm, kms.UpdateCustomKeyStoreInput{XksProxyUriPath: aws.String(ksPath)}).failsWith(t, "ValidationException")
		update(public, kms.UpdateCustomKeyStoreInput{KeyStorePassword: aws.String("kmsPswd")}).failsWith(t, "ValidationException")
		update(public, kms.UpdateCustomKeyStoreInput{CloudHsmClusterId: aws.String("cluster-cbcdefghijk")}).failsWith(t, "ValidationException")
		update(public, kms.UpdateCustomKeyStoreInput{XksProxyConnectivity: vpc}).failsWith(t, "ValidationException")
		update(public, kms.UpdateCustomKeyStoreInput{XksProxyConnectivity: vpc, XksProxyUriEndpoint: aws.String(ksEndpoint2)}).failsWith(t, "ValidationException")
		update(public, kms.UpdateCustomKeyStoreInput{XksProxyVpcEndpointServiceName: aws.String(ksService)}).failsWith(t, "ValidationException")
		// Half of it would do, and is not done.
		update(public, kms.UpdateCustomKeyStoreInput{NewCustomKeyStoreName: aws.String("new"), XksProxyConnectivity: vpc}).failsWith(t, "ValidationException")
	})
	update(public, kms.UpdateCustomKeyStoreInput{
		XksProxyConnectivity: vpc, XksProxyUriEndpoint: aws.String(ksEndpoint2), XksProxyVpcEndpointServiceName: aws.String(ksService),
	}).ok(t)
	if p := ksEntry(t, f, public).XksProxyConfiguration; p.Connectivity != vpc || *p.UriEndpoint != ksEndpoint2 || *p.VpcEndpointServiceName != ksService || *p.VpcEndpointServiceOwner != account {
		t.Errorf("%+v", p)
	}
	second := ksNew(t, f, ksPublic("second", ksEndpoint, ksPath))
	unchanged(t, f, func() {
		update(second, kms.UpdateCustomKeyStoreInput{XksProxyUriEndpoint: aws.String(ksEndpoint2)}).failsWith(t, "XksProxyUriInUseException")
		update(second, kms.UpdateCustomKeyStoreInput{XksProxyUriEndpoint: aws.String(ksEndpoint2), XksProxyUriPath: aws.String("/b" + ksPath)}).failsWith(t, "XksProxyUriEndpointInUseException")
		update(second, kms.UpdateCustomKeyStoreInput{
			XksProxyConnectivity: vpc, XksProxyUriEndpoint: aws.String("https://third.example.com"), XksProxyVpcEndpointServiceName: aws.String(ksService),
		}).failsWith(t, "XksProxyVpcEndpointServiceInUseException")
	})
	update(public, kms.UpdateCustomKeyStoreInput{XksProxyConnectivity: types.XksProxyConnectivityTypePublicEndpoint, XksProxyUriEndpoint: aws.String("https://third.example.com")}).ok(t)
	if p := ksEntry(t, f, public).XksProxyConfiguration; p.VpcEndpointServiceName != nil || p.VpcEndpointServiceOwner != nil {
		t.Errorf("%+v", p)
	}

	// What can be changed while an external key store is connected.
	got(ksConnect(t, f, public)).ok(t)
	f.Advance(connected)
	credential := ksCredential()
	credential.AccessKeyId = aws.String("ZZZZZ234567ZZZZZZZZZ")
	update(public, kms.UpdateCustomKeyStoreInput{
		NewCustomKeyStoreName: aws.String("live"), XksProxyAuthenticationCredential: credential, XksProxyUriPath: aws.String("/live" + ksPath),
	}).ok(t)
	if e := ksEntry(t, f, public); *e.CustomKeyStoreName != "live" || *e.XksProxyConfiguration.AccessKeyId != *credential.AccessKeyId || *e.XksProxyConfiguration.UriPath != "/live"+ksPath {
		t.Errorf("%+v", e)
	}
	unchanged(t, f, func() {
		update(public, kms.UpdateCustomKeyStoreInput{XksProxyUriEndpoint: aws.String(ksEndpoint2)}).failsWith(t, "CustomKeyStoreInvalidStateException")
		update(public, kms.UpdateCustomKeyStoreInput{XksProxyConnectivity: vpc}).failsWith(t, "CustomKeyStoreInvalidStateException")
		update(public, kms.UpdateCustomKeyStoreInput{XksProxyVpcEndpointServiceOwner: aws.String(account)}).failsWith(t, "CustomKeyStoreInvalidStateException")
	})
	got(ksDelete(t, f, other)).ok(t)
	update(hsm, kms.UpdateCustomKeyStoreInput{CloudHsmClusterId: aws.String("cluster-bbcdefghijk"), NewCustomKeyStoreName: aws.String("other")}).ok(t)
}

func TestKeysInCustomKeyStores(t *testing.T) {
	t.Parallel()
	f := newFake()
	hsm := ksConnected(t, f, ksCloudHSM("hsm", "cluster-abcdefghijk"))
	external := ksConnected(t, f, ksVPC("external", ksEndpoint, ksPath, ksService))
	created := f.Now().UTC().Truncate(time.Millisecond)
	want := func(id string, origin types.OriginType, store string) types.KeyMetadata {
		return types.KeyMetadata{
			AWSAccountId: aws.String(account), Arn: aws.String(keyARN(f, id)), CreationDate: &created, CustomKeyStoreId: &store,
			CustomerMasterKeySpec: types.CustomerMasterKeySpecSymmetricDefault, Description: aws.String(""), Enabled: true,
			EncryptionAlgorithms: []types.EncryptionAlgorithmSpec{types.EncryptionAlgorithmSpecSymmetricDefault},
			KeyId:                &id, KeyManager: types.KeyManagerTypeCustomer, KeySpec: types.KeySpecSymmetricDefault,
			KeyState: types.KeyStateEnabled, KeyUsage: types.KeyUsageTypeEncryptDecrypt, MultiRegion: aws.Bool(false), Origin: origin,
		}
	}
	m := got(ksKey(t, f, hsm)).ok(t).KeyMetadata
	inCluster := want(*m.KeyId, types.OriginTypeAwsCloudhsm, hsm)
	inCluster.CloudHsmClusterId = aws.String("cluster-abcdefghijk")
	equal(t, "in a CloudHSM key store", *m, inCluster)
	equal(t, "DescribeKey", *describe(t, f, *m.KeyId), inCluster)
	x := got(ksExternalKey(t, f, external, "bb8562717f809024")).ok(t).KeyMetadata
	inProxy := want(*x.KeyId, types.OriginTypeExternalKeyStore, external)
	inProxy.XksKeyConfiguration = &types.XksKeyConfigurationType{Id: aws.String("bb8562717f809024")}
	equal(t, "in an external key store", *x, inProxy)
	equal(t, "DescribeKey", *describe(t, f, *x.KeyId), inProxy)

	for _, in := range []*kms.CreateKeyInput{
		{Origin: types.OriginTypeExternalKeyStore, CustomKeyStoreId: &hsm, XksKeyId: aws.String("a")},
		{Origin: types.OriginTypeAwsCloudhsm, CustomKeyStoreId: &external},
		{Origin: types.OriginTypeAwsCloudhsm, CustomKeyStoreId: &hsm, MultiRegion: aws.Bool(true)},
		{Origin: types.OriginTypeAwsCloudhsm, CustomKeyStoreId: &hsm, KeySpec: types.KeySpecHmac256, KeyUsage: types.KeyUsageTypeGenerateVerifyMac},
		{Origin: types.OriginTypeAwsCloudhsm, CustomKeyStoreId: &hsm, KeySpec: types.KeySpecRsa2048, KeyUsage: types.KeyUsageTypeSignVerify},
	} {
		unchanged(t, f, func() { got(f.CreateKey(t.Context(), in)).failsWith(t, "UnsupportedOperationException") })
	}
	for _, in := range []*kms.CreateKeyInput{
		{CustomKeyStoreId: &hsm}, {Origin: types.OriginTypeAwsCloudhsm}, {Origin: types.OriginTypeExternalKeyStore, CustomKeyStoreId: &external},
		{Origin: types.OriginTypeAwsCloudhsm, CustomKeyStoreId: &hsm, XksKeyId: aws.String("a")},
	} {
		unchanged(t, f, func() { got(f.CreateKey(t.Context(), in)).failsWith(t, "ValidationException") })
	}
	for _, id := range []string{*m.KeyId, *x.KeyId} {
		sealed := got(encrypt(t, f, id, "hello")).ok(t).CiphertextBlob
		got(f.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: sealed})).ok(t)
		unchanged(t, f, func() {
			got(f.EnableKeyRotation(t.Context(), &kms.EnableKeyRotationInput{KeyId: &id})).failsWith(t, "UnsupportedOperationException")
			got(f.RotateKeyOnDemand(t.Context(), &kms.RotateKeyOnDemandInput{KeyId: &id})).failsWith(t, "UnsupportedOperationException")
			got(f.GetParametersForImport(t.Context(), &kms.GetParametersForImportInput{
				KeyId: &id, WrappingAlgorithm: types.AlgorithmSpecRsaesOaepSha256, WrappingKeySpec: types.WrappingKeySpecRsa2048,
			})).failsWith(t, "UnsupportedOperationException")
			got(f.GenerateDataKeyPair(t.Context(), &kms.GenerateDataKeyPairInput{KeyId: &id, KeyPairSpec: types.DataKeyPairSpecEccNistP256})).failsWith(t, "UnsupportedOperationException")
			got(f.ReplicateKey(t.Context(), &kms.ReplicateKeyInput{KeyId: &id, ReplicaRegion: aws.String(otherRegion)})).failsWith(t, "UnsupportedOperationException")
		})
	}
	random := &kms.GenerateRandomInput{NumberOfBytes: aws.Int32(16), CustomKeyStoreId: &hsm}
	if out := got(f.GenerateRandom(t.Context(), random)).ok(t); len(out.Plaintext) != 16 {
		t.Errorf("%d random bytes", len(out.Plaintext))
	}
	random.CustomKeyStoreId = &external
	got(f.GenerateRandom(t.Context(), random)).failsWith(t, "UnsupportedOperationException")
}

// "Disconnecting immediately changes the key state of all keys", unless they are
// pending deletion; what is enabled or disabled meanwhile shows afterwards.
func TestKeysOfDisconnectedStore(t *testing.T) {
	t.Parallel()
	f := newFake()
	store := ksConnected(t, f, ksCloudHSM("hsm", "cluster-abcdefghijk"))
	var ids []string
	for range 3 {
		ids = append(ids, *got(ksKey(t, f, store)).ok(t).KeyMetadata.KeyId)
	}
	sealed := got(encrypt(t, f, ids[0], "hello")).ok(t).CiphertextBlob
	disable(t, f, ids[1])
	scheduleDeletion(t, f, ids[2], 7)
	states := func(want ...types.KeyState) {
		t.Helper()
		for i, id := range ids {
			mrState(t, f, id, want[i])
		}
	}
	got(ksDisconnect(t, f, store)).ok(t)
	states(types.KeyStateUnavailable, types.KeyStateUnavailable, types.KeyStatePendingDeletion)
	got(encrypt(t, f, ids[0], "x")).fails(t, "KMSInvalidStateException", keyARN(f, ids[0])+" is unavailable.")
	got(f.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: sealed})).fails(t, "KMSInvalidStateException", keyARN(f, ids[0])+" is unavailable.")
	f.Advance(connected)
	disable(t, f, ids[0])
	got(f.EnableKey(t.Context(), &kms.EnableKeyInput{KeyId: &ids[1]})).ok(t)
	states(types.KeyStateUnavailable, types.KeyStateUnavailable, types.KeyStatePendingDeletion)
	got(ksConnect(t, f, store)).ok(t)
	states(types.KeyStateUnavailable, types.KeyStateUnavailable, types.KeyStatePendingDeletion)
	f.Advance(connected)
	states(types.KeyStateDisabled, types.KeyStateEnabled, types.KeyStatePendingDeletion)
	got(f.EnableKey(t.Context(), &kms.EnableKeyInput{KeyId: &ids[0]})).ok(t)
	got(f.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: sealed})).ok(t)
}

// A custom key store that contains keys cannot be deleted, not even while they wait
// for deletion.
func TestDeleteCustomKeyStore(t *testing.T) {
	t.Parallel()
	f := newFake()
	store := ksConnected(t, f, ksPublic("external", ksEndpoint, ksPath))
	id := *got(ksExternalKey(t, f, store, "bb8562717f809024")).ok(t).KeyMetadata.KeyId
	unchanged(t, f, func() {
		got(ksExternalKey(t, f, store, "bb8562717f809024")).failsWith(t, "XksKeyAlreadyInUseException")
	})
	other := ksConnected(t, f, ksPublic("other", ksEndpoint2, ksPath))
	got(ksExternalKey(t, f, other, "bb8562717f809024")).ok(t)

	twin := f.Clone()
	for _, f := range []*kmsfake.Fake{f, twin} {
		scheduleDeletion(t, f, id, 7)
		got(ksDisconnect(t, f, store)).ok(t)
		ksState(t, f, store, types.ConnectionStateTypeDisconnected) // there is nothing to take down
		got(ksDelete(t, f, store)).failsWith(t, "CustomKeyStoreHasCMKsException")
		f.Advance(7 * day)
		got(ksDelete(t, f, store)).ok(t)
		got(ksDelete(t, f, store)).failsWith(t, "CustomKeyStoreNotFoundException")
		store2 := ksConnected(t, f, ksPublic("external", ksEndpoint, ksPath))
		got(ksExternalKey(t, f, store2, "bb8562717f809024")).ok(t)
	}
}

// Custom key stores are IAM's: what identity policies allow is allowed.
func TestPermissionsOfCustomKeyStores(t *testing.T) {
	t.Parallel()
	f := newFake()
	id := ksNew(t, f, ksCloudHSM("hsm", "cluster-abcdefghijk"))
	const user = "arn:aws:iam::" + account + ":user/somebody"
	nobody := f.As(user)
	denied := func(r interface {
		fails(testing.TB, string, string)
	}, action string) {
		t.Helper()
		r.fails(t, "AccessDeniedException", "User: "+user+" is not authorized to perform: kms:"+action+
			" on resource: * because no identity-based policy allows the kms:"+action+" action")
	}
	unchanged(t, f, func() {
		denied(got(nobody.CreateCustomKeyStore(t.Context(), ksCloudHSM("b", "cluster-bbcdefghijk"))), "CreateCustomKeyStore")
		denied(got(ksConnect(t, nobody, id)), "ConnectCustomKeyStore")
		denied(got(ksDisconnect(t, nobody, id)), "DisconnectCustomKeyStore")
		denied(got(ksDelete(t, nobody, id)), "DeleteCustomKeyStore")
		denied(got(ksDelete(t, nobody, ksUnknownStore)), "DeleteCustomKeyStore")
		denied(got(nobody.DescribeCustomKeyStores(t.Context(), &kms.DescribeCustomKeyStoresInput{})), "DescribeCustomKeyStores")
		denied(got(nobody.UpdateCustomKeyStore(t.Context(), &kms.UpdateCustomKeyStoreInput{CustomKeyStoreId: &id})), "UpdateCustomKeyStore")
	})
	connects := f.As(user, `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "kms:ConnectCustomKeyStore", "Resource": "*"}]}`)
	got(ksConnect(t, connects, id)).ok(t)
}

// Dump tells of custom key stores, of the keys in them and of related keys.
func TestDumpOfStoresAndRelations(t *testing.T) {
	t.Parallel()
	f := newFake()
	store := ksConnected(t, f, ksPublic("external", ksEndpoint, ksPath))
	got(ksExternalKey(t, f, store, "bb8562717f809024")).ok(t)
	id := mrReplicated(t, f, otherRegion, "sa-east-1")
	scheduleDeletion(t, f, id, 9)
	text := dump(f)
	for _, want := range []string{
		"  custom key store " + store + ` "external" EXTERNAL_KEY_STORE CONNECTED, 1 keys, made `,
		"    in custom key store " + store + ", external key bb8562717f809024\n",
		"PendingReplicaDeletion, 9 days after the last replica key, ",
		"    primary key of replica keys in " + otherRegion + ", sa-east-1\n",
		"    replica key of " + keyARN(f, id) + "\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
}
