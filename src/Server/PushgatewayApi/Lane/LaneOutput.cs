using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Tallygate.Server.PushgatewayApi.Lane;

/// <summary>
/// Where the lane's answers go: straight to the socket, if the connection has one. Its pipe would take each answer through two more loops, which
/// cost more than the answer. Nothing may be in the pipe meanwhile: the lane writes all that is answered until it hands the connection on.
/// Not thread-safe: one answer at a time.
/// </summary>
internal readonly struct LaneOutput(ConnectionContext connection)
{
    private readonly Socket? _socket = connection.Features.Get<IConnectionSocketFeature>()?.Socket;
    private readonly PipeWriter _pipe = connection.Transport.Output;

    /// <summary>Sends an answer; false where nobody is there to read it.</summary>
    public ValueTask<bool> SendAsync(byte[] answer)
    {
        if (_socket is not { } socket)
        {
            return WriteAsync(_pipe, answer);
        }

        try
        {
            var sending = socket.SendAsync(answer.AsMemory(), SocketFlags.None);
            if (!sending.IsCompletedSuccessfully)
            {
                return FinishAsync(socket, answer, sending);
            }

            var sent = sending.Result;
            return sent == answer.Length ? new ValueTask<bool>(true) : FinishAsync(socket, answer, new ValueTask<int>(sent));
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            return new ValueTask<bool>(false);
        }
    }

    private static async ValueTask<bool> FinishAsync(Socket socket, byte[] answer, ValueTask<int> sending)
    {
        try
        {
            var sent = await sending.ConfigureAwait(false);
            while (sent < answer.Length)
            {
                sent += await socket.SendAsync(answer.AsMemory(sent), SocketFlags.None).ConfigureAwait(false);
            }

            return true;
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    private static async ValueTask<bool> WriteAsync(PipeWriter pipe, byte[] answer) =>
        !(await pipe.WriteAsync(answer).ConfigureAwait(false)).IsCompleted;
}
