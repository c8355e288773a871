namespace CogVideoX.Emulator.Execution;

/// <summary>
/// Asynchronous work of one kind that a warp's threads issued in groups: which entity each lane's work is booked on,
/// the group being filled, and up to which group each lane has waited.
/// </summary>
/// <param name="entity">of lane 0, the others follow; of all lanes if the warp issues together</param>
internal sealed class SelfChannel(int entity, bool isWarpWide)
{
    public int Entity { get; } = entity;

    public bool IsWarpWide { get; } = isWarpWide;

    /// <summary>Number of the group that new work joins, from 1.</summary>
    public int[] Group { get; } = Enumerable.Repeat(1, Warp.Lanes).ToArray();

    /// <summary>Groups up to this one are complete and known to the lane.</summary>
    public int[] Waited { get; } = new int[Warp.Lanes];

    /// <summary>Group of the lane's latest work.</summary>
    public int[] LastUsed { get; } = new int[Warp.Lanes];

    public int EntityOf(int lane) => IsWarpWide ? Entity : Entity + lane;
}
