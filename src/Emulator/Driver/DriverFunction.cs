namespace CogVideoX.Emulator.Driver;

/// <summary>A function of the driver: the sizes that its declaration must have, and what a lane's call does.</summary>
/// <param name="Result">bytes, 0 without one</param>
internal sealed record DriverFunction(int[] Parameters, int Result, Func<LaneCall, ulong[], ulong> Call)
{
    /// <summary>Sizes with which compilers declare it too, and which make no difference to a call.</summary>
    public int[]? AlsoParameters { get; init; }
}
