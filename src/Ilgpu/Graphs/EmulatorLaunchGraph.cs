using CogVideoX.Emulator;
using ILGPU.Runtime;

namespace CogVideoX.Ilgpu;

/// <summary>On the emulator.</summary>
internal sealed class EmulatorLaunchGraph(EmulatedGraph graph) : LaunchGraph
{
    public override int Launches => graph.NodeCount;

    public static EmulatorLaunchGraph Of(EmulatorStream stream, Action work)
    {
        stream.Emulated.BeginCapture();
        try
        {
            work();
        }
        catch
        {
            stream.Emulated.EndCapture();
            throw;
        }
        return new EmulatorLaunchGraph(stream.Emulated.EndCapture());
    }

    public override void Launch(AcceleratorStream stream) => ((EmulatorStream)stream).Emulated.Launch(graph);
}
