namespace CogVideoX.Emulator.Tests;

/// <summary>Registers wider than an instruction's type (PTX ISA 9.4.1), and variables that stand in a function (5.4).</summary>
public class RelaxedTypeTests
{
    private const string Stored = "st.global.u64 [%rd1], 0x123456783f800000; ";

    [Theory]
    [InlineData("mov.u64 %rd5, -1; ld.global.f32 %rd5, [%rd1];", 0x3f800000)]
    [InlineData("mov.u64 %rd6, 0x1234567840000000; st.global.f32 [%rd1+8], %rd6; ld.global.u32 %rd5, [%rd1+8];", 0x40000000)]
    [InlineData("mov.b64 %rd6, 0x1234567840000000; cvt.f64.f32 %rd5, %rd6;", 0x4000000000000000)]
    [InlineData("mov.u32 %r2, 3; cvt.rn.f32.u32 %rd5, %r2;", 0x40400000)]
    public void ABitRegisterTakesANarrowerFloat(string body, long value) => Assert.Equal((ulong)value, Small.Value(Stored + body));

    [Theory]
    [InlineData(".reg .u64 %x; ld.global.f32 %x, [%rd1];")]
    [InlineData("ld.global.f32 %fd1, [%rd1];")]
    [InlineData("st.global.f32 [%rd1], %fd1;")]
    public void OthersDoNot(string body) => Small.Refused("not a .f32", body);

    [Fact]
    public void AGlobalVariableMayStandInAFunction()
    {
        const string Body = ".global .align 4 .b32 t[3] = {4, 5, 6}; .const .align 4 .b32 c[2] = {7, 8}; ld.global.u32 %r2, [t+4]; "
            + "ld.const.u32 %r3, [c+4]; add.u32 %r5, %r2, %r3;";
        Assert.Equal(13u, Small.Value(Body));
    }

    /// <summary>Textures aren't run, but a module that has some is read (5.3).</summary>
    [Fact]
    public void FieldsOfASamplerAreReadOver()
    {
        const string Head = ".version 8.0 .target sm_80, texmode_independent .address_size 64 ";
        const string Sampler = ".global .samplerref s = { addr_mode_0 = clamp_to_edge, filter_mode = linear }; ";
        Assert.Equal(2, PtxModule.Parse($"{Head} .global .texref t; {Sampler}").Variables.Count);
        Assert.Throws<PtxException>(() => PtxModule.Parse($"{Head} .global .samplerref s = {{ addr_mode_0 = wrap"));
        const string Body = "setp.eq.u64 %p1, %rd1, 0; @%p1 tex.2d.v4.f32.f32 {%f1, %f2, %f3, %f4}, [t, {%f1, %f2}]; mov.u32 %r5, 3;";
        Assert.Equal(3u, Small.Value(Body, ".global .texref t = { addr_mode_0 = clamp_to_edge };"));
        Small.Refused("texmode_independent", "", Sampler);
    }
}
