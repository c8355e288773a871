using CogVideoX.Ilgpu;
using CogVideoX.Kernels.Devices;

namespace CogVideoX.Gpu;

/// <summary>What an accelerator's stream was given while it was recorded.</summary>
internal sealed class GraphRecording(LaunchGraph graph) : Recording
{
    public LaunchGraph Graph => graph;

    public override int Launches => graph.Launches;

    public override void Dispose()
    {
        graph.Dispose();
        base.Dispose();
    }
}
