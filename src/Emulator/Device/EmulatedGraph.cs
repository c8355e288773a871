namespace CogVideoX.Emulator;

/// <summary>
/// What a stream was given while it was captured (<see cref="EmulatedStream.BeginCapture"/>), to be done as often as it is launched:
/// kernels with their arguments as they were, copies and fills within the device.
/// </summary>
public sealed class EmulatedGraph
{
    private readonly List<Action<EmulatedStream>> nodes = [];

    internal EmulatedGraph(EmulatedDevice device) => Device = device;

    /// <summary>How many launches, copies and fills.</summary>
    public int NodeCount => nodes.Count;

    internal EmulatedDevice Device { get; }

    internal void Add(Action<EmulatedStream> node) => nodes.Add(node);

    internal void Launch(EmulatedStream stream)
    {
        foreach (Action<EmulatedStream> node in nodes)
            node(stream);
    }
}
