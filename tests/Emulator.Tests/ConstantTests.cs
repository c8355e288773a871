namespace CogVideoX.Emulator.Tests;

/// <summary>Constant expressions, initialisers and vector registers (PTX ISA 4.5, 5.4).</summary>
public class ConstantTests
{
    [Theory]
    [InlineData("((256 >> 4) << 32)", 16UL << 32)]
    [InlineData("!0", 1)]
    [InlineData("!7", 0)]
    [InlineData("!(1 > 2)", 1)]
    [InlineData("~0", ulong.MaxValue)]
    [InlineData("-(3)", unchecked((ulong)-3))]
    [InlineData("+-4", unchecked((ulong)-4))]
    [InlineData("2 + 3 * 4", 14)]
    [InlineData("(2 + 3) * 4", 20)]
    [InlineData("7 - 2 - 1", 4)]
    [InlineData("-7 / 2", unchecked((ulong)-3))]
    [InlineData("-7 / 2U", 0x7ffffffffffffffc)]
    [InlineData("0x8000000000000000 / -1", 0)]
    [InlineData("(.s64)0x8000000000000000 / -1", 0x8000000000000000)]
    [InlineData("-1 % 10", 5)]
    [InlineData("-1 >> 60", ulong.MaxValue)]
    [InlineData("(.u64)-1 >> 60", 15)]
    [InlineData("1 << 64", 0)]
    [InlineData("-1 < 0", 1)]
    [InlineData("-1 < 0U", 0)]
    [InlineData("3 == 3 && 2 != 3", 1)]
    [InlineData("0 || 5", 1)]
    [InlineData("6 & 3 | 8 ^ 1", 11)]
    [InlineData("1 ? 2 : 3", 2)]
    [InlineData("0 ? 2 : 1 ? 4 : 5", 4)]
    [InlineData("0 ? 1 : -1 >> 63", ulong.MaxValue)]
    [InlineData("2.0 > 1.5", 1)]
    [InlineData("WARP_SZ", 32)]
    [InlineData("WARP_SZ-1", 31)]
    [InlineData("0b101 + 017 + 0x10", 36)]
    [InlineData("1 <= 1", 1)]
    public void AConstantMayBeAnExpression(string text, ulong wanted) => Assert.Equal(wanted, Small.Value($"mov.u64 %rd5, {text};"));

    [Theory]
    [InlineData("1.5 + 2.0 * 2.0", 0x4016000000000000)]
    [InlineData("-.5", 0xbfe0000000000000)]
    [InlineData("1. / 4.0", 0x3fd0000000000000)]
    public void RealOnesToo(string text, ulong wanted) => Assert.Equal(wanted, Small.Value($"mov.f64 %fd1, {text}; mov.b64 %rd5, %fd1;"));

    [Theory]
    [InlineData("mov.u32 %r5, 1 / 0;", "divides by zero")]
    [InlineData("mov.u32 %r5, 1 % 0;", "divides by zero")]
    [InlineData("mov.u32 %r5, 1 + 2.0;", "mixes")]
    [InlineData("mov.f64 %fd1, 2.0 % 1.0;", "takes integers")]
    [InlineData("mov.f32 %f1, 0f3F800000 + 0f3F800000;", "0f")]
    [InlineData("mov.u32 %r5, (1 + 2;", "')'")]
    [InlineData("mov.u32 %r5, ~1.5;", "integers")]
    [InlineData("mov.u32 %r5, 1 ? 2;", "':'")]
    [InlineData("ld.global.u32 %r5, [%rd1-4];", "+-4")]
    [InlineData("ld.global.u32 %r5, [%rd1+%r2];", "a constant")]
    [InlineData("ld.global.u32 %r5, [%rd1+];", "a constant")]
    public void AWrongExpressionIsRefused(string line, string word) => Small.Refused(word, line);

    [Fact]
    public void DeepNestingIsRefused()
    {
        Small.Refused("nested too deep", $"mov.u32 %r5, {new string('(', 5000)}1;");
        Small.Refused("nested too deep", $"mov.u32 %r5, {string.Concat(Enumerable.Repeat("- ", 5000))}1;");
        Small.Refused("nested too deep", $"mov.u32 %r5, {string.Concat(Enumerable.Repeat("1?", 5000))}1;");
    }

    [Theory]
    [InlineData("[%rd1+4*2]")]
    [InlineData("[%rd1+(4+4)]")]
    [InlineData("[%rd1+16+-8]")]
    [InlineData("[%rd1++8]")]
    public void OffsetsToo(string address) => Assert.Equal(7u, Small.Words($"st.global.u32 {address}, 7;")[2]);

    [Fact]
    public void OrOfABitPattern() => Assert.Equal((16UL << 32) | 1, Small.Value("mov.u64 %rd5, 1; or.b64 %rd5, %rd5, ((256 >> 4) << 32);"));

    [Fact]
    public void SizesAndInitialisersToo()
    {
        PtxModule module = PtxModule.Parse("""
            .version 8.0
            .target sm_80
            .global .b32 x[6] = {1 == 1, 5+3*2, -(1), WARP_SZ};
            .global .align 8 .b8 y[9] = {0xFF(0x1234), 0xFF00(0x1234), 1};
            .const .f64 z = 1.5 * 2.0;
            """);
        Assert.Equal(24, module.Variables[0].Size);
        Assert.Equal([1, 0, 0, 0, 11, 0, 0, 0, 255, 255, 255, 255, 32, 0, 0, 0], module.Variables[0].Initial);
        Assert.Equal([0x34, 0x12, 1], module.Variables[1].Initial);
        Assert.Equal(3.0, BitConverter.ToDouble(module.Variables[2].Initial));
    }

    [Fact]
    public void AMaskPicksBytesOfAnAddress()
    {
        string bytes = string.Join(", ", Enumerable.Range(0, 8).Select(i => $"0xFF{new string('0', 2 * i)}(generic(v)+4)"));
        string plain = string.Join(", ", Enumerable.Range(0, 8).Select(i => $"0xFF{new string('0', 2 * i)}(v)"));
        Assert.Equal(9u, Small.Value("ld.global.u64 %rd2, [p]; ld.global.u32 %r5, [%rd2+4];",
            $".global .u32 v[2] = {{8, 9}}; .global .align 8 .u8 p[8] = {{{plain}}};"));
        Assert.Equal(9u, Small.Value("ld.global.u64 %rd2, [p]; ld.u32 %r5, [%rd2];",
            $".const .u32 v[2] = {{8, 9}}; .global .align 8 .u8 p[8] = {{{bytes}}};"));
    }

    [Theory]
    [InlineData(".global .b8 p = 0xF0F(v);", "side by side")]
    [InlineData(".global .b8 p = v;", "mask")]
    [InlineData(".global .f32 p = 1;", "point")]
    public void AWrongInitialiserIsRefused(string line, string word) => Small.Refused(word, "", ".global .u32 v = 1; " + line);

    [Fact]
    public void AVectorRegisterIsItsParts()
    {
        uint[] o = Small.Words("""
            .reg .v2 .f32 %v;
            mov.f32 %v.x, 0f3F800000;
            mov.f32 %v.y, %v.x;
            st.global.v2.f32 [%rd1], %v;
            .reg .v4 .b32 w<3>;
            mov.b32 w1.x, 3; mov.b32 w1.g, 4; mov.b32 w1.z, 5; mov.b32 w1.a, 6;
            st.global.v4.b32 [%rd1+16], w1;
            ld.global.v4.b32 w2, [%rd1+16];
            add.u32 %r2, w2.r, w2.w;
            st.global.u32 [%rd1+32], %r2;
            """);
        Assert.Equal([0x3f800000u, 0x3f800000], o[..2]);
        Assert.Equal([3u, 4, 5, 6, 9], o[4..9]);
    }

    [Theory]
    [InlineData(".reg .v2 .b32 v; mov.u32 v.z, 1;", "no part '.z'")]
    [InlineData(".reg .v4 .b64 v;", "16 bytes")]
    [InlineData(".reg .v2 .pred v;", "predicates")]
    [InlineData(".reg .v2 .b32 v; .reg .v2 .b32 v;", "twice")]
    [InlineData(".reg .v2 .b32 v; st.global.v4.b32 [%rd1], v;", "4 parts")]
    public void AWrongVectorRegisterIsRefused(string line, string word) => Small.Refused(word, line);
}
