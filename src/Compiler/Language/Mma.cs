namespace CogVideoX.Compiler.Language;

/// <summary>Tensor cores through registers (mma.sync): A·B + C by the 32 lanes of a warp.</summary>
public static class Mma
{
    private const string OnlySixteen = "Tiles are transposed by elements of 16 bits; lay others out transposed, and load them without";

    /// <summary>16×16 times 16×8; <typeparamref name="T"/> is BFloat16 or Half, sums are float.</summary>
    [Types(typeof(Half), typeof(BFloat16), Instead = "For floats there is MultiplyTf32, for sbyte MultiplyBytes")]
    [Ptx("mma.sync.aligned.m16n8k16.row.col.f32.{T}.{T}.f32 {result}, {a}, {b}, {c};")]
    public static MatrixC<float> Multiply<T>(MatrixA<T> a, MatrixB<T> b, MatrixC<float> c)
        where T : unmanaged => DeviceOnly.Called<MatrixC<float>>();

    /// <summary>16×8 times 8×8 of tf32 (a float whose low 13 bits don't count), sums are float.</summary>
    [Ptx("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {result}, {a}, {b}, {c};")]
    public static MatrixC<float> MultiplyTf32(MatrixA<float> a, MatrixB<float> b, MatrixC<float> c) => DeviceOnly.Called<MatrixC<float>>();

    /// <summary>16×16 times 16×8 of f16, sums are f16.</summary>
    [Ptx("mma.sync.aligned.m16n8k16.row.col.f16.f16.f16.f16 {result}, {a}, {b}, {c};")]
    public static MatrixHalfC MultiplyHalf(MatrixA<Half> a, MatrixB<Half> b, MatrixHalfC c) => DeviceOnly.Called<MatrixHalfC>();

    /// <summary>16×32 times 32×8 of signed bytes, sums are int.</summary>
    [Ptx("mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32 {result}, {a}, {b}, {c};")]
    public static MatrixC<int> MultiplyBytes(MatrixA<sbyte> a, MatrixB<sbyte> b, MatrixC<int> c) => DeviceOnly.Called<MatrixC<int>>();

    /// <summary>Loads four 8×8 tiles of 16-bit elements: lane l gives the address of row l mod 8 of tile l / 8.</summary>
    [Ptx("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {result}, [{row}];")]
    public static MatrixA<T> LoadA<T>([Address(AddressSpaces.Shared)] ref T row)
        where T : unmanaged => DeviceOnly.Called<MatrixA<T>>();

    /// <summary>Loads two 8×8 tiles, each transposed: lane l mod 16 gives the address of row l mod 8 of tile l / 8.</summary>
    [Types(typeof(Half), typeof(BFloat16), typeof(short), typeof(ushort), Instead = OnlySixteen)]
    [Ptx("ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {result}, [{row}];")]
    public static MatrixB<T> LoadTransposedB<T>([Address(AddressSpaces.Shared)] ref T row)
        where T : unmanaged => DeviceOnly.Called<MatrixB<T>>();

    /// <summary>Loads four 8×8 tiles, each transposed: the operands of two products whose columns lie side by side.</summary>
    [Types(typeof(Half), typeof(BFloat16), typeof(short), typeof(ushort), Instead = OnlySixteen)]
    [Ptx("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {result}, [{row}];")]
    public static MatrixBPair<T> LoadTransposedBPair<T>([Address(AddressSpaces.Shared)] ref T row)
        where T : unmanaged => DeviceOnly.Called<MatrixBPair<T>>();

    /// <summary>Loads four 8×8 tiles: the operands of two products.</summary>
    [Ptx("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {result}, [{row}];")]
    public static MatrixBPair<T> LoadBPair<T>([Address(AddressSpaces.Shared)] ref T row)
        where T : unmanaged => DeviceOnly.Called<MatrixBPair<T>>();

    /// <summary>Stores four 8×8 tiles: lane l gives the address of row l mod 8 of tile l / 8.</summary>
    [Ptx("stmatrix.sync.aligned.m8n8.x4.shared.b16 [{row}], {tiles};", Architecture = 90, IsaVersion = 78)]
    public static void Store<T>([Address(AddressSpaces.Shared)] ref T row, MatrixA<T> tiles)
        where T : unmanaged => DeviceOnly.Called();

    /// <summary>Stores four 8×8 tiles, each transposed.</summary>
    [Types(typeof(Half), typeof(BFloat16), typeof(short), typeof(ushort), Instead = OnlySixteen)]
    [Ptx("stmatrix.sync.aligned.m8n8.x4.trans.shared.b16 [{row}], {tiles};", Architecture = 90, IsaVersion = 78)]
    public static void StoreTransposed<T>([Address(AddressSpaces.Shared)] ref T row, MatrixA<T> tiles)
        where T : unmanaged => DeviceOnly.Called();
}
