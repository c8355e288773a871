namespace CogVideoX.Emulator.Driver;

/// <summary>
/// Functions that a module declares and the driver defines (CUDA programming guide: formatted output, assertion, dynamic memory).
/// One line each: name, bytes of the parameters, bytes of the result, what a lane's call does.
/// </summary>
internal static class DriverFunctions
{
    private static readonly Dictionary<string, DriverFunction> All = new()
    {
        ["vprintf"] = new([8, 8], 4, (call, a) => (uint)Printing.Print(call, a[0], a[1])),
        // ILGPU gives the bytes of a character in 32 bits
        ["__assertfail"] = new([8, 8, 4, 8, 8], 0, Assertion.Fail) { AlsoParameters = [8, 8, 4, 8, 4] },
        ["malloc"] = new([8], 8, (call, a) => call.Warp.Cta.Launch.Heap.Take(a[0], call)),
        ["free"] = new([8], 0, (call, a) =>
        {
            call.Warp.Cta.Launch.Heap.Free(a[0], call);
            return 0;
        }),
    };

    public static DriverFunction? Find(string name) => All.GetValueOrDefault(name);
}

/// <summary>A function of the driver: the sizes that its declaration must have, and what a lane's call does.</summary>
/// <param name="Result">bytes, 0 without one</param>
internal sealed record DriverFunction(int[] Parameters, int Result, Func<LaneCall, ulong[], ulong> Call)
{
    /// <summary>Sizes with which compilers declare it too, and which make no difference to a call.</summary>
    public int[]? AlsoParameters { get; init; }
}
