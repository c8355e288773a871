namespace CogVideoX.Compiler.Language;

/// <summary>
/// Tensor cores of sm_90a by a warpgroup (four warps), asynchronously. Between <see cref="Multiply(ref Sum64x64, ulong, ulong, bool)"/> and
/// the <see cref="Wait"/> that covers it nobody may touch the sum's registers or the operands' shared memory.
/// </summary>
public static class Wgmma
{
    /// <summary>
    /// Descriptor of a K-major tile with rows of 128 bytes in the 128-byte swizzle of TMA (PTX ISA 9.7.15.5): eight rows every 1024 bytes.
    /// A step of 16 bf16 along K is 32 bytes more in the address.
    /// </summary>
    public static ulong Swizzled128(uint address) =>
        ((ulong)(address & 0x3ffff) >> 4) | (1UL << 16) | ((ulong)(1024 >> 4) << 32) | (1UL << 62);

    /// <summary>Before the first product, and whenever other instructions wrote the registers that it uses.</summary>
    [Ptx("wgmma.fence.sync.aligned;", Architecture = 90, ArchitectureSpecific = true, IsaVersion = 80)]
    public static void Fence() => DeviceOnly.Called();

    /// <summary>Closes the group of products started so far.</summary>
    [Ptx("wgmma.commit_group.sync.aligned;", Architecture = 90, ArchitectureSpecific = true, IsaVersion = 80)]
    public static void Commit() => DeviceOnly.Called();

    /// <summary>Waits until at most so many of the newest groups are under way.</summary>
    [Ptx("wgmma.wait_group.sync.aligned {pending};", Architecture = 90, ArchitectureSpecific = true, IsaVersion = 80)]
    public static void Wait([Immediate] int pending) => DeviceOnly.Called();

    /// <summary>sum = A·B (+ sum): 64×16 times 16×64 of bf16, both by descriptor, both K-major.</summary>
    [Ptx(
        "wgmma.mma_async.sync.aligned.m64n64k16.f32.bf16.bf16 {sum}, {a}, {b}, {accumulate}, 1, 1, 0, 0;",
        Architecture = 90, ArchitectureSpecific = true, IsaVersion = 80)]
    public static void Multiply(ref Sum64x64 sum, ulong a, ulong b, bool accumulate) => DeviceOnly.Called();

    /// <summary>The same with 128 columns.</summary>
    [Ptx(
        "wgmma.mma_async.sync.aligned.m64n128k16.f32.bf16.bf16 {sum}, {a}, {b}, {accumulate}, 1, 1, 0, 0;",
        Architecture = 90, ArchitectureSpecific = true, IsaVersion = 80)]
    public static void Multiply(ref Sum64x128 sum, ulong a, ulong b, bool accumulate) => DeviceOnly.Called();

    /// <summary>The same with 256 columns.</summary>
    [Ptx(
        "wgmma.mma_async.sync.aligned.m64n256k16.f32.bf16.bf16 {sum}, {a}, {b}, {accumulate}, 1, 1, 0, 0;",
        Architecture = 90, ArchitectureSpecific = true, IsaVersion = 80)]
    public static void Multiply(ref Sum64x256 sum, ulong a, ulong b, bool accumulate) => DeviceOnly.Called();

    /// <summary>sum = A·B (+ sum) with A in registers: each warp holds 16 rows, as <see cref="MatrixA{T}"/> says.</summary>
    [Ptx(
        "wgmma.mma_async.sync.aligned.m64n64k16.f32.bf16.bf16 {sum}, {a}, {b}, {accumulate}, 1, 1, 0;",
        Architecture = 90, ArchitectureSpecific = true, IsaVersion = 80)]
    public static void Multiply(ref Sum64x64 sum, MatrixA<BFloat16> a, ulong b, bool accumulate) => DeviceOnly.Called();

    /// <summary>Gives registers back: each thread of the warpgroup keeps so many (24 to 256, a multiple of 8).</summary>
    [Ptx("setmaxnreg.dec.sync.aligned.u32 {registers};", Architecture = 90, ArchitectureSpecific = true, IsaVersion = 80)]
    public static void ReleaseRegisters([Immediate] int registers) => DeviceOnly.Called();

    /// <summary>Takes registers that other warpgroups gave back.</summary>
    [Ptx("setmaxnreg.inc.sync.aligned.u32 {registers};", Architecture = 90, ArchitectureSpecific = true, IsaVersion = 80)]
    public static void TakeRegisters([Immediate] int registers) => DeviceOnly.Called();
}
