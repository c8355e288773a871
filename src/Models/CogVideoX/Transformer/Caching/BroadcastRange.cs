namespace CogVideoX.Models.CogVideoX;

/// <summary>When <see cref="PyramidAttentionBroadcast"/> uses attention again.</summary>
/// <param name="Skip">Attention is computed at every so manieth evaluation of the run, from the first on.</param>
/// <param name="From">Between this timestep and the next, both excluded, it is used again at the others; elsewhere it is computed.</param>
/// <param name="To">The larger timestep.</param>
public readonly record struct BroadcastRange(int Skip, double From, double To);
