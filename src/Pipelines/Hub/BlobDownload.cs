using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Polly;

namespace CogVideoX.Pipelines.Hub;

/// <summary>
/// One file of the Hub on its way into a cache: under <c>blobs/CHECKSUM.incomplete</c> until all its bytes are there and have the checksum.
/// It goes on where an earlier try ended, be it of another process. One process at a time has the file's lock.
/// </summary>
/// <param name="client">The Hub.</param>
/// <param name="cache">The cache.</param>
/// <param name="model">Of which the file is.</param>
/// <param name="arrived">Told how many bytes came; fewer than none where they were of no use.</param>
/// <param name="said">Told what is waited for.</param>
internal sealed class BlobDownload(HubClient client, HubCache cache, HubModel model, Action<long> arrived, Action<string> said)
{
    private const int BufferSize = 1 << 20;

    private EntityTagHeaderValue? validator; // of the server that gave the first bytes of the file

    /// <summary>Brings a file into the cache: its bytes, if no other process did meanwhile, and its place in the snapshot.</summary>
    /// <param name="name">The file.</param>
    /// <param name="snapshots">How it comes to its place.</param>
    /// <param name="place">That place.</param>
    /// <param name="cancellation">Stops it; what came is kept.</param>
    /// <exception cref="HubException">It can't be had, or its bytes don't have the checksum.</exception>
    public async Task GetAsync(string name, Snapshots snapshots, string place, CancellationToken cancellation)
    {
        validator = null;
        ResiliencePipeline retries = HubRetries.Create(client.Times, said);
        HubFile file = await retries.ExecuteAsync(async token => await client.HeadAsync(model, name, token), cancellation);
        string blob = Path.Combine(cache.FolderOf(model.Name), "blobs", file.Checksum!), part = blob + BlobFile.Unfinished;
        Directory.CreateDirectory(Path.GetDirectoryName(blob)!);
        using FileStream held = await LockAsync(file.Checksum!, cancellation);
        if (CachedSnapshot.Has(place) && LengthOf(CachedSnapshot.PlaceOf(place)!) == file.Bytes)
            return; // a cache without links keeps no blob that would tell
        bool isNew = LengthOf(blob) != file.Bytes; // one of another length was left by a crash
        if (isNew)
        {
            await BringAsync(file, part, retries, cancellation);
            File.Move(part, blob, overwrite: true);
        }
        snapshots.Place(blob, place, isNew);
    }

    private async Task BringAsync(HubFile file, string part, ResiliencePipeline retries, CancellationToken cancellation)
    {
        for (long before = LengthOf(part); ;)
        {
            try
            {
                await retries.ExecuteAsync(async token => await TryAsync(file, part, token), cancellation);
                return;
            }
            catch (TransientHubException) when (LengthOf(part) > before)
            {
                before = LengthOf(part); // a line that breaks every minute brings a large file all the same
            }
        }
    }

    private static long LengthOf(string file) => File.Exists(file) ? new FileInfo(file).Length : 0;

    private async Task<FileStream> LockAsync(string checksum, CancellationToken cancellation)
    {
        string folder = BlobLock.FolderOf(cache, model.Name);
        Directory.CreateDirectory(folder);
        for (bool first = true; ; first = false)
        {
            if (BlobLock.TryTake(Path.Combine(folder, $"{checksum}.lock")) is { } held)
                return held;
            if (first)
                said("Another process downloads the same file; waiting for it.");
            await Task.Delay(client.Times.Look, cancellation);
        }
    }

    private async Task TryAsync(HubFile file, string part, CancellationToken cancellation)
    {
        long size = file.Bytes!.Value;
        if (LengthOf(part) > size)
            Forget(part);
        await using var stream = new FileStream(part, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        IncrementalHash hash = BlobFile.Begin(file.Checksum!, size);
        await BlobFile.AppendAsync(hash, stream, cancellation: cancellation); // before asking: no connection waits for ten gigabytes
        if (stream.Length < size || size == 0)
        {
            using HttpResponseMessage answer = await client.GetAsync(model, file.Name, stream.Length, validator, cancellation);
            if (Begin(answer, stream, file) == 0)
                hash = BlobFile.Begin(file.Checksum!, size);
            await CopyAsync(answer, stream, hash, file, cancellation);
        }
        stream.Flush(flushToDisk: true);
        if (BlobFile.Fits(file.Checksum!, hash))
            return;
        Forget(stream);
        throw new TransientHubException(
            $"{file.Name} of {model.Name} came with other bytes than its checksum is of: the server, or something on the way, damages "
            + "them. They were thrown away.");
    }

    // Where the bytes of an answer go: the place that was asked for, or the beginning, where the server gives all.
    private long Begin(HttpResponseMessage answer, FileStream stream, HubFile file)
    {
        long there = stream.Length, size = file.Bytes!.Value;
        ContentRangeHeaderValue? range = answer.Content.Headers.ContentRange;
        bool goesOn = answer.StatusCode == HttpStatusCode.PartialContent && range?.From == there && (range.Length ?? size) == size;
        if (!goesOn && there > 0)
            Forget(stream);
        validator = answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.PartialContent ? answer.Headers.ETag : null;
        if (!goesOn && answer.StatusCode != HttpStatusCode.OK)
        {
            throw new TransientHubException(
                $"{file.Name} of {model.Name} can't be gone on with: the server has other bytes. It begins anew.");
        }
        long from = goesOn ? there : 0;
        if (answer.Content.Headers.ContentLength is { } length && length + from != size)
        {
            throw new TransientHubException(
                $"{file.Name} of {model.Name} should have {size} bytes; the server would send {from + length}"
                + $"{(answer.Content.Headers.ContentType?.MediaType == "text/html" ? ", a web page" : "")}.");
        }
        return from;
    }

    private async Task CopyAsync(
        HttpResponseMessage answer, FileStream stream, IncrementalHash hash, HubFile file, CancellationToken cancellation)
    {
        byte[] buffer = new byte[BufferSize];
        stream.Position = stream.Length;
        string host = answer.RequestMessage!.RequestUri!.Host;
        await using Stream body = await answer.Content.ReadAsStreamAsync(cancellation);
        while (await ReadAsync() is > 0 and int count)
        {
            if (stream.Length + count > file.Bytes)
            {
                Forget(stream);
                throw new TransientHubException($"{host} sends more bytes of {file.Name} than its {file.Bytes}.");
            }
            await stream.WriteAsync(buffer.AsMemory(0, count), cancellation);
            hash.AppendData(buffer, 0, count);
            arrived(count);
        }
        if (stream.Length < file.Bytes)
            throw BrokenOff(null);

        async Task<int> ReadAsync()
        {
            using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            silence.CancelAfter(client.Times.Silence);
            try
            {
                return await body.ReadAsync(buffer, silence.Token);
            }
            catch (OperationCanceledException exception) when (!cancellation.IsCancellationRequested)
            {
                throw new TransientHubException(
                    $"{host} sent nothing of {file.Name} for {client.Times.Silence.TotalSeconds:0.#} s.", inner: exception);
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException) // of the network alone
            {
                throw BrokenOff(exception);
            }
        }

        TransientHubException BrokenOff(Exception? exception) =>
            new($"{host} broke {file.Name} off at {stream.Length} of {file.Bytes} bytes.", inner: exception);
    }

    private void Forget(FileStream stream)
    {
        arrived(-stream.Length);
        stream.SetLength(0);
    }

    private void Forget(string part)
    {
        arrived(-LengthOf(part));
        File.Delete(part);
    }
}
