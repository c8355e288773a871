namespace CogVideoX.Emulator.Tests;

/// <summary>Structs by value with pointers in them, such as the views of ILGPU.</summary>
public class StructArgumentTests
{
    private static readonly PtxModule Module = PtxModule.Parse("""
        .version 9.0
        .target sm_80
        .address_size 64
        .visible .entry k(.param .align 8 .b8 from[16], .param .align 8 .b8 to[16])
        {
            .reg .b32 %r<4>; .reg .b64 %rd<8>;
            ld.param.u64 %rd1, [from];
            ld.param.u64 %rd2, [from+8];
            ld.param.u64 %rd3, [to];
            ld.global.u32 %r1, [%rd1];
            st.global.u32 [%rd3], %r1;
            st.global.u64 [%rd3+8], %rd2;
            ret;
        }
        """);

    private static readonly byte[] View = [.. Enumerable.Repeat((byte)0xff, 8), 5, 0, 0, 0, 0, 0, 0, 0];

    private static LaunchReport Launch(Dictionary<string, byte[]> buffers, params LaunchArgument[] arguments) =>
        PtxEmulator.Run(Module, new LaunchRequest("k", new Dim3(1), new Dim3(1), 0, arguments, buffers));

    [Fact]
    public void APointerStandsWhereTheStructWantsItAndTheOtherBytesAreAsGiven()
    {
        var buffers = new Dictionary<string, byte[]> { ["x"] = [7, 0, 0, 0], ["y"] = new byte[16] };
        Assert.Null(
            Launch(
                buffers, new LaunchArgument.Struct(View, [new StructPointer(0, "x")]),
                new LaunchArgument.Struct(View, [new StructPointer(0, "y")])).Fault);
        Assert.Equal([7, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0], buffers["y"]);
        Assert.All(View.Take(8), b => Assert.Equal(0xff, b));
    }

    [Fact]
    public void ABufferThatIsTooShortIsNamed()
    {
        var buffers = new Dictionary<string, byte[]> { ["x"] = [7, 0], ["y"] = new byte[16] };
        Fault? fault = Launch(
            buffers, new LaunchArgument.Struct(View, [new StructPointer(0, "x")]),
            new LaunchArgument.Struct(View, [new StructPointer(0, "y")])).Fault;
        Assert.Equal((FaultKind.OutOfBounds, "x"), (fault?.Kind, fault?.Allocation));
    }

    public static TheoryData<int, StructPointer[], string> Wrong => new()
    {
        { 16, [new(4, "x")], "A pointer at byte 4 of a struct of 16 bytes" },
        { 16, [new(-8, "x")], "A pointer at byte -8" },
        { 16, [new(16, "x")], "A pointer at byte 16" },
        { 16, [new(int.MaxValue & ~7, "x")], "A pointer at byte 2147483640" },
        { 16, [new(8, "x"), new(8, "x")], "Two pointers at byte 8" },
        { 16, [new(8, "z")], "There is no buffer 'z'; there are x" },
        { 4, [new(0, "x")], "A pointer at byte 0 of a struct of 4 bytes" },
        { 8, [], "Parameter 0 of k has 16 bytes, the launch gives 8" },
        { 24, [], "Parameter 0 of k has 16 bytes, the launch gives 24" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void AStructThatDoesNotFitIsRefused(int bytes, StructPointer[] pointers, string says)
    {
        var buffers = new Dictionary<string, byte[]> { ["x"] = new byte[16] };
        LaunchException refused = Assert.Throws<LaunchException>(
            () => Launch(buffers, new LaunchArgument.Struct(new byte[bytes], pointers), new LaunchArgument.Struct(View, [])));
        Assert.Contains(says, refused.Message);
    }
}
