namespace CogVideoX.Pipelines;

/// <summary>Latents to frames, which go to the sink as they come.</summary>
internal sealed class DecodeStage : VaeStage
{
    public override string Name => GenerationStage.Decode;

    protected override string TilesNeedLess => "Decoding in tiles needs less.";

    public override void Build(ModelParts parts) => _ = parts.VaeDecoder;

    /// <summary>Tiles are complete at the end, and somebody may want to have the video; otherwise a frame at a time is held.</summary>
    public override long ResultBytes(RunState state)
    {
        (long frames, long height, long width) = LatentShapes.VideoOf(state.Latents.Shape, state.Model.Folder.Vae);
        bool isHeld = !state.Streams || state.Settings.VaeTiling == TilingMode.On;
        return 3 * height * width * sizeof(float) * (isHeld ? frames : 1);
    }

    public override void Run(RunState state)
    {
        try
        {
            new FrameDecoder(state).Decode();
        }
        catch (OutOfMemoryException exception)
        {
            string file = state.SavedLatents ?? Path.GetFullPath($"latents-{state.Settings.Seed}.safetensors");
            if (state.SavedLatents is null)
                LatentFile.Write(file, state.Latents);
            string plan = PlanNotes.OutOfMemory(state.Plan, Name);
            throw new GenerationException(
                $"Decoding ran out of memory; the latents are in {file}. Decoding them in tiles needs less. ({exception.Message}){plan}",
                file,
                exception,
                state.KeptState);
        }
    }
}
