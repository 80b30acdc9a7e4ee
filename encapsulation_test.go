package kmsfake_test

import "github.com/aws/aws-sdk-go-v2/service/kms/types"

// encapsulatedSizes are the lengths that the documentation of Encapsulate gives.
var encapsulatedSizes = map[types.KeySpec]int{"ML_KEM_512": 768, "ML_KEM_768": 1088, "ML_KEM_1024": 1568}
